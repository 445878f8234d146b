namespace Plumbline.Monitoring.Metrics;

/// <summary>Splits windows into runs without gaps, so that one range query serves a run and nothing between runs is read.</summary>
public static class ConsecutiveWindows
{
    /// <summary>Runs in ascending order, each of at most <paramref name="maximum"/> windows of one length.</summary>
    public static IEnumerable<IReadOnlyList<MetricWindow>> Split(IReadOnlyList<MetricWindow> windows, int maximum)
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
