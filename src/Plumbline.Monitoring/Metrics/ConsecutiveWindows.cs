namespace Plumbline.Monitoring.Metrics;

/// <summary>Splits windows into runs without gaps, so that one range query serves a run and nothing between runs is read.</summary>
public static class ConsecutiveWindows
{
    /// <summary>Windows whose rows are read at once. One number for all who read rows: what one has read can serve the next.</summary>
    public const int ReadAtOnce = 64;

    /// <summary>Runs in ascending order, each of at most <paramref name="maximum"/> windows of one length.</summary>
    public static IEnumerable<IReadOnlyList<MetricWindow>> Split(IReadOnlyList<MetricWindow> windows, int maximum = ReadAtOnce)
    {
        var run = new List<MetricWindow>();
        foreach (var window in windows.OrderBy(window => window.Start))
        {
            if (run.Count > 0 && (run.Count == maximum || window.Start != run[^1].End))
            {
                yield return run;
                run = [];
            }

            run.Add(window);
        }

        if (run.Count > 0)
            yield return run;
    }
}
