using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Drift;

/// <summary>How much a feature moved within a range: its highest and newest numbers.</summary>
public sealed record FeatureRank
{
    public required string Feature { get; init; }

    /// <summary>Highest PSI of a window; null when none could be computed.</summary>
    public double? Drift { get; init; }

    public DateTimeOffset? DriftAt { get; init; }

    /// <summary>PSI of the newest window that has one.</summary>
    public double? DriftNow { get; init; }

    public double? MissingNow { get; init; }

    public double? MissingHighest { get; init; }

    public double? UnseenNow { get; init; }

    public double? UnseenHighest { get; init; }

    public double? OutOfRangeNow { get; init; }

    /// <summary>Rows of the newest window.</summary>
    public long N { get; init; }
}

/// <summary>The feature that drifted most in one window, and how many reached the threshold.</summary>
public sealed record WindowDrift(DateTimeOffset Start, DateTimeOffset End, double Largest, string Feature, long Moved, long N);

/// <summary>Ranks the features of a model by drift, inside the engine, so that 5,000 features cost no more than their names.</summary>
public sealed class FeatureRanking(IColumnStore store)
{
    // The newest of each key comes first within it: FINAL would say the same and takes longer, because it merges by the whole key.
    private static readonly string[] Metrics =
    [
        PopulationStabilityIndex.Name,
        InputMetrics.MissingRate,
        InputMetrics.UnseenRate,
        InputMetrics.OutOfRangeRate,
    ];

    /// <summary>Features with points in the range, the largest drift first; user features only.</summary>
    public async Task<IReadOnlyList<FeatureRank>> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan window,
        string version,
        string segment,
        CancellationToken cancellation
    )
    {
        var isOfVersion = PointVersions.Are(version);
        var text = $$"""
            SELECT feature, metric, max(assumeNotNull(value)) AS highest, argMax(window_start, assumeNotNull(value)) AS at,
                argMax(assumeNotNull(value), window_start) AS current, argMax(n, window_start) AS rows
            FROM (
                SELECT feature, metric, window_start, value, n FROM metric_points
                WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric IN {metrics:Array(String)}
                    AND segment = {segment:String} AND {{isOfVersion}} AND feature != '' AND NOT startsWith(feature, '@')
                    AND window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
                ORDER BY metric, segment, feature, class, window_start, computed_at DESC LIMIT 1 BY metric, feature, window_start
            )
            WHERE value IS NOT NULL GROUP BY feature, metric
            """;
        var ranks = new Dictionary<string, FeatureRank>(StringComparer.Ordinal);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                text,
                new("model", model.Id),
                new("seconds", (int)window.TotalSeconds),
                new("metrics", Metrics),
                new("segment", segment),
                new("version", version),
                new("from", Seconds(from)),
                new("to", Seconds(to))
            ),
            cancellation
        );
        while (rows.Read())
        {
            var (feature, metric) = (rows.ReadString(), rows.ReadString());
            var (highest, at, current, n) = (rows.ReadDouble(), rows.ReadDateTime(), rows.ReadDouble(), (long)rows.ReadUInt64());
            var rank = ranks.GetValueOrDefault(feature) ?? new FeatureRank { Feature = feature };
            ranks[feature] = metric switch
            {
                PopulationStabilityIndex.Name => rank with { Drift = highest, DriftAt = at, DriftNow = current, N = Math.Max(rank.N, n) },
                InputMetrics.MissingRate => rank with { MissingNow = current, MissingHighest = highest, N = Math.Max(rank.N, n) },
                InputMetrics.UnseenRate => rank with { UnseenNow = current, UnseenHighest = highest },
                _ => rank with { OutOfRangeNow = current },
            };
        }
        return [.. ranks.Values.OrderByDescending(rank => rank.Drift ?? -1).ThenBy(rank => rank.Feature, StringComparer.Ordinal)];
    }

    /// <summary>The largest drift of each window over all features, oldest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="query">Range, window length, version and segment; its metrics and features are not looked at.</param>
    /// <param name="threshold">PSI from which a feature counts as moved.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<IReadOnlyList<WindowDrift>> ReadLargestAsync(
        ModelDefinition model,
        MetricQuery query,
        double threshold,
        CancellationToken cancellation
    )
    {
        var isOfVersion = PointVersions.Are(query.Version ?? "");
        var text = $$"""
            SELECT window_start, max(window_end), max(assumeNotNull(value)), argMax(toString(feature), assumeNotNull(value)),
                countIf(assumeNotNull(value) >= {threshold:Float64}), argMax(n, assumeNotNull(value))
            FROM (
                SELECT feature, window_start, window_end, value, n FROM metric_points
                WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric = 'drift.psi'
                    AND segment = {segment:String} AND {{isOfVersion}} AND feature != '' AND NOT startsWith(feature, '@')
                    AND window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
                ORDER BY metric, segment, feature, class, window_start, computed_at DESC LIMIT 1 BY feature, window_start
            )
            WHERE value IS NOT NULL GROUP BY window_start ORDER BY window_start
            """;
        var windows = new List<WindowDrift>();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                text,
                new("threshold", threshold),
                new("model", model.Id),
                new("seconds", (int)(query.Window ?? model.Window).TotalSeconds),
                new("segment", query.Segment ?? ""),
                new("version", query.Version ?? ""),
                new("from", Seconds(query.From)),
                new("to", Seconds(query.To))
            ),
            cancellation
        );
        while (rows.Read())
        {
            windows.Add(
                new WindowDrift(
                    rows.ReadDateTime(),
                    rows.ReadDateTime(),
                    rows.ReadDouble(),
                    rows.ReadString(),
                    (long)rows.ReadUInt64(),
                    (long)rows.ReadUInt64()
                )
            );
        }

        return windows;
    }

    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue));
}
