using Plumbline.Statistics;

namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// A number that could not be computed although there are rows for it: a measure threw, or its result is beyond what a number can hold.
/// Such points are <see cref="MetricStatus.Undefined"/>, as those that are not defined on their rows, and are told apart by how their
/// reason begins.
/// </summary>
public static class Fault
{
    /// <summary>How the reasons of faults begin.</summary>
    public static IReadOnlyList<string> Beginnings { get; } = [FailedPrefix, Estimate.OverflowPrefix];

    private const string FailedPrefix = "failed: ";

    // Messages of exceptions can quote whole values; one line is enough to find the cause.
    private const int LongestCause = 200;

    /// <summary>The reason of a measure that threw.</summary>
    public static string Failed(string cause)
    {
        var line = cause.ReplaceLineEndings(" ");
        return FailedPrefix + (line.Length <= LongestCause ? line : line[..LongestCause] + " ..");
    }
}
