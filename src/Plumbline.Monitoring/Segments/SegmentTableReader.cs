using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Shrinkage;

namespace Plumbline.Monitoring.Segments;

/// <summary>What to show of the segments of a model.</summary>
public sealed record SegmentQuery
{
    /// <summary>A dimension or cross; null for all together.</summary>
    public string? Dimension { get; init; }

    /// <summary>Sorts the table; null for the model's main metric.</summary>
    public string? Metric { get; init; }

    public string Version { get; init; } = "";

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public int Offset { get; init; }

    /// <summary>1..500.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>
/// Compares every segment with itself before, from metric points that are added up in the engine: the work grows with segments x days, not
/// with rows.
/// </summary>
public sealed class SegmentTableReader(MetricTotals totals, SegmentValues segmentValues)
{
    /// <summary>Values of a dimension, now and before together, below which there is no telling how much segments differ.</summary>
    private const int FewestToCompare = 4;

    private const double Z = 1.959964;

    /// <summary>From this many days on, days are added up and not hours: a segment has too few rows in an hour.</summary>
    private static readonly TimeSpan Daily = TimeSpan.FromDays(2);

    /// <summary>The metrics that a table of a model can be sorted by, its main one first.</summary>
    public static IReadOnlyList<string> Columns(ModelDefinition model) =>
        [.. KnownMetrics.SegmentColumns(model).Select(metric => metric.Name)];

    public async Task<SegmentTable> ReadAsync(ModelDefinition model, SegmentQuery query, CancellationToken cancellation)
    {
        var columns = Columns(model)
            .Where(column => column != query.Metric)
            .Prepend(query.Metric ?? Columns(model)[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var window = query.To - query.From >= Daily && model.Window < CoarseWindows.Day ? CoarseWindows.Day : model.Window;
        var (from, to) = (
            CoarseWindows.Holding(query.From, window).Start,
            CoarseWindows.Holding(query.To - TimeSpan.FromTicks(1), window).End
        );
        var before = from - (to - from);
        var read = await totals.ReadAsync(
            model,
            [.. columns, InputMetrics.Rows],
            query.Dimension,
            query.Version,
            window,
            (before, from, to),
            cancellation
        );
        var byMetric = columns.ToDictionary(
            metric => metric,
            metric => Shrunk(metric, [.. read.Where(total => total.Metric == metric)], KnownMetrics.Find(model, metric)?.Range == "[0, 1]"),
            StringComparer.Ordinal
        );
        var rows = read.Where(total => total is { Metric: InputMetrics.Rows, Earlier: false })
            .ToDictionary(total => total.Segment, total => (long)total.Sum, StringComparer.Ordinal);
        var all = rows.GetValueOrDefault("");
        var sign = KnownMetrics.Find(model, columns[0])?.Direction == MetricDirection.LowerIsBetter ? 1 : -1;
        var wholeBefore = byMetric[columns[0]].GetValueOrDefault("")?.Before;
        var lines = read.Select(total => total.Segment)
            .Distinct(StringComparer.Ordinal)
            .Select(segment =>
            {
                var metrics = columns
                    .Select(metric =>
                        byMetric[metric].GetValueOrDefault(segment)
                        ?? new SegmentMetric(metric, null, null, null, null, null, null, null, null, 0)
                    )
                    .ToList();
                var count = rows.GetValueOrDefault(segment);
                // What was not there before is new: it is ordered by how far it is from what all rows were.
                var change = metrics[0].Change ?? (metrics[0].Value - wholeBefore);
                return new SegmentLine(
                    segment,
                    count,
                    all == 0 ? 0 : (double)count / all,
                    Math.Max(0, sign * (change ?? 0)) * count,
                    metrics
                );
            })
            .ToList();
        var segments = Ordered(lines.Where(line => line.Segment.Length > 0), sign).ToList();
        return new SegmentTable(
            query.Dimension,
            columns,
            lines.Find(line => line.Segment.Length == 0)
                ?? new SegmentLine(
                    "",
                    all,
                    1,
                    0,
                    [.. columns.Select(metric => new SegmentMetric(metric, null, null, null, null, null, null, null, null, 0))]
                ),
            [.. segments.Skip(query.Offset).Take(query.Limit)],
            segments.Count,
            await PooledAsync(model, cancellation),
            from,
            to,
            before
        );
    }

    private static IEnumerable<SegmentLine> Ordered(IEnumerable<SegmentLine> segments, int sign) =>
        segments
            .OrderByDescending(line => Regressed(line.Metrics[0], sign))
            .ThenByDescending(line => line.Harm)
            .ThenByDescending(line => line.Rows)
            .ThenBy(line => line.Segment, StringComparer.Ordinal);

    // Worse by more than chance: the whole interval of the change is on the bad side of 0.
    private static bool Regressed(SegmentMetric metric, int sign) => sign > 0 ? metric.ChangeLower > 0 : metric.ChangeUpper < 0;

    /// <summary>
    /// Segments drawn towards all rows, now and before by the same spread between them; changes are between the drawn values.
    /// </summary>
    private static Dictionary<string, SegmentMetric> Shrunk(string metric, IReadOnlyList<MetricTotal> totals, bool isShare)
    {
        var drawn = Drawn(totals);
        var earlier = totals.Where(total => total.Earlier).ToDictionary(total => total.Segment, StringComparer.Ordinal);
        return totals
            .Where(total => !total.Earlier)
            .ToDictionary(
                total => total.Segment,
                total =>
                {
                    var before = Find(drawn, total.Segment, earlier: true);
                    var (lower, upper) = Interval(before, isShare);
                    var old = earlier.GetValueOrDefault(total.Segment);
                    return Compared(metric, total, Find(drawn, total.Segment, earlier: false), before, isShare) with
                    {
                        BeforeLower = lower,
                        BeforeUpper = upper,
                        BeforeRaw = old?.Value,
                        BeforeRows = old?.AllRows ?? 0,
                    };
                },
                StringComparer.Ordinal
            );
    }

    private static GroupEstimate? Find(Dictionary<(string Segment, bool Earlier), GroupEstimate> drawn, string segment, bool earlier) =>
        drawn.TryGetValue((segment, earlier), out var found) ? found : null;

    private static SegmentMetric Compared(string metric, MetricTotal total, GroupEstimate? now, GroupEstimate? before, bool isShare)
    {
        var (lower, upper) = Interval(now, isShare);
        var change = now?.Value - before?.Value;
        var error = Math.Sqrt(Math.Pow(now?.StandardError ?? 0, 2) + Math.Pow(before?.StandardError ?? 0, 2));
        return new SegmentMetric(
            metric,
            now?.Value,
            lower,
            upper,
            total.Value,
            before?.Value,
            change,
            change - (Z * error),
            change + (Z * error),
            total.AllRows
        );
    }

    private static (double? Lower, double? Upper) Interval(GroupEstimate? estimate, bool isShare)
    {
        if (estimate is not { } known)
            return (null, null);
        var (lower, upper) = (known.Value - (Z * known.StandardError), known.Value + (Z * known.StandardError));
        // The normal interval knows nothing of the ends of a share.
        return isShare ? (Math.Clamp(lower, 0, 1), Math.Clamp(upper, 0, 1)) : (lower, upper);
    }

    private static Dictionary<(string Segment, bool Earlier), GroupEstimate> Drawn(IReadOnlyList<MetricTotal> totals)
    {
        var own = totals
            .Where(total => total is { Value: not null, StandardError: not null })
            .ToDictionary(
                total => (total.Segment, total.Earlier),
                total => new GroupEstimate(total.Value!.Value, total.StandardError!.Value)
            );
        var drawn = own.ToDictionary(pair => pair.Key, pair => pair.Value);
        // Each dimension has a spread of its own: countries may differ where plans do not.
        foreach (
            var dimension in own.Where(pair => pair.Key.Segment.Length > 0 && own.ContainsKey(("", pair.Key.Earlier)))
                .GroupBy(pair => pair.Key.Segment[..pair.Key.Segment.IndexOf('=', StringComparison.Ordinal)], StringComparer.Ordinal)
        )
        {
            var members = dimension.ToList();
            if (members.Count < FewestToCompare)
                continue;
            var between = NormalShrinkage.BetweenVariance([
                .. members.Select(pair => pair.Value with { Value = pair.Value.Value - own[("", pair.Key.Earlier)].Value }),
            ]);
            // Without any spread beyond noise all segments are one, and what is not known of that one is not known of them.
            foreach (var (key, group) in members)
                drawn[key] = between > 0 ? NormalShrinkage.Shrink(group, own[("", key.Earlier)].Value, between) : own[("", key.Earlier)];
        }

        return drawn;
    }

    private async Task<IReadOnlyList<string>> PooledAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var known = await segmentValues.KnownAsync(model, cancellation);
        return [.. model.Segments.Where((_, i) => known[i].Length >= SegmentValues.MaxValues)];
    }
}
