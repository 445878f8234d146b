using System.Collections.Immutable;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// The windows since the evidence of a stream began to grow: they tell since when, and how large the change is over all of them.
/// </summary>
internal static class EvidenceRun
{
    /// <summary>Windows kept; an older beginning is as good as this one.</summary>
    private const int MostWindows = 400;

    /// <summary>A later start that has most of the evidence is likelier than an earlier one that chance has joined to it.</summary>
    private const double MostOfIt = 0.75;

    /// <summary>The run with the next window.</summary>
    public static ImmutableList<EvidenceWindow> Add(
        ImmutableList<EvidenceWindow> run,
        AlarmStep step,
        DateTimeOffset start,
        double deviation,
        long n
    )
    {
        if (step.Since is not { } since)
            return [];
        run = run.RemoveAll(window => window.Start < since).Add(new EvidenceWindow(start, Math.Log(step.EValue), deviation, n));
        return run.Count > MostWindows ? run.RemoveAt(0) : run;
    }

    /// <summary>The most likely start of the change, and the mean deviation since, weighted by rows.</summary>
    public static (DateTimeOffset Onset, double Deviation, int Windows) Read(ImmutableList<EvidenceWindow> run)
    {
        double sum = 0,
            best = double.NegativeInfinity;
        for (var i = run.Count - 1; i >= 0; i--)
            best = Math.Max(best, sum += run[i].LogEValue);
        (sum, var from) = (0, run.Count - 1);
        for (var i = run.Count - 1; i >= 0; i--)
        {
            sum += run[i].LogEValue;
            if (sum < MostOfIt * best)
                continue;
            from = i;
            break;
        }

        var windows = run.GetRange(from, run.Count - from);
        var rows = windows.Sum(window => window.N);
        return (
            run[from].Start,
            rows == 0 ? windows.Average(window => window.Deviation) : windows.Sum(window => window.N * window.Deviation) / rows,
            windows.Count
        );
    }
}
