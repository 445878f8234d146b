using System.Collections;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Dashboard.Metrics;

/// <summary>
/// The points of a page, with those of what it is compared with, which lie under the same time axis. Whoever reads the list sees the page's
/// own; a line made of it has the other side's beside it.
/// </summary>
/// <param name="own">Of the page's range and scope.</param>
/// <param name="other">Of the other side, at their own times.</param>
/// <param name="earlier">How much earlier the other side is.</param>
/// <param name="words">What the other side is called.</param>
public sealed class ComparedPoints(IReadOnlyList<MetricPoint> own, IReadOnlyList<MetricPoint> other, TimeSpan earlier, string words)
    : IReadOnlyList<MetricPoint>
{
    /// <summary>The other side's points, moved onto the windows of the page.</summary>
    public IReadOnlyList<MetricPoint> Other { get; } =
        earlier == TimeSpan.Zero
            ? other
            : [.. other.Select(point => point with { WindowStart = point.WindowStart + earlier, WindowEnd = point.WindowEnd + earlier })];

    /// <summary>What the other side is called.</summary>
    public string Words => words;

    /// <inheritdoc/>
    public int Count => own.Count;

    /// <inheritdoc/>
    public MetricPoint this[int index] => own[index];

    /// <summary>Points changed one by one, both sides alike; a comparison stays one.</summary>
    public static IReadOnlyList<MetricPoint> Map(IReadOnlyList<MetricPoint> points, Func<MetricPoint, MetricPoint> change) =>
        points is ComparedPoints compared ? compared.Changed(change) : [.. points.Select(change)];

    private ComparedPoints Changed(Func<MetricPoint, MetricPoint> change) =>
        new([.. own.Select(change)], [.. other.Select(change)], earlier, words);

    /// <inheritdoc/>
    public IEnumerator<MetricPoint> GetEnumerator() => own.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
