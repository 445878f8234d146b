using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>A number that left what was normal.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Feature">The feature; empty for none.</param>
/// <param name="At">Start of the first window in which it had.</param>
/// <param name="Value">What it was there.</param>
/// <param name="Normal">What it was before: the median.</param>
/// <param name="Lead">How long before the last of all numbers that moved.</param>
public sealed record FirstMove(string Metric, string Feature, DateTimeOffset At, double Value, double Normal, TimeSpan Lead);

/// <summary>
/// What moved first: the machine, the service, the inputs, the answers or the performance. Each is compared with its own past, by a rule
/// that does not depend on when somebody looks: the median and the spread of the calm before.
/// </summary>
public sealed class FirstMoves(MetricReader reader)
{
    /// <summary>Windows from which something normal can be told.</summary>
    public const int FewestWindows = 12;

    /// <summary>Spreads (1.4826 times the median distance from the median) from which on a number is not what it was.</summary>
    private const double Spreads = 5;

    /// <summary>A rise of PSI that says something: a tenth of one that is nearly nothing says nothing.</summary>
    private const double DriftFloor = 0.1;

    private static readonly string[] OfSystem = [SystemMetrics.LatencyP95, SystemMetrics.ErrorRate, SystemMetrics.TimeoutRate];

    /// <summary>What moved in a stretch of time, the first first; empty when nothing did, or too little is known of before.</summary>
    /// <param name="model">The model.</param>
    /// <param name="from">Where it is looked from; as long a stretch before it, and its first quarter, tell what is normal.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="cancellation">Stops before it is read.</param>
    public async Task<IReadOnlyList<FirstMove>> FindAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var span = to - from;
        var metrics = MachineMetrics
            .All.Select(metric => metric.Name)
            .Concat(OfSystem)
            .Append(PopulationStabilityIndex.Name)
            .Append(KnownMetrics.MainOf(model))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var points = await reader.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = metrics,
                From = from - span,
                To = to,
            },
            cancellation
        );
        var moves = points
            .Where(point => point is { Value: not null, Class: "", Status: MetricStatus.Ok })
            .GroupBy(point => (point.Metric, point.Feature))
            .Select(series => Find([.. series.OrderBy(point => point.WindowStart)], from, from + (span / 4)))
            .OfType<FirstMove>()
            .OrderBy(move => move.At)
            .ThenBy(move => metrics.IndexOf(move.Metric))
            .ToList();
        return moves.Count == 0 ? [] : [.. moves.Select(move => move with { Lead = moves[^1].At - move.At })];
    }

    private static FirstMove? Find(IReadOnlyList<MetricPoint> series, DateTimeOffset from, DateTimeOffset calmTo)
    {
        var calm = series.Where(point => point.WindowStart < calmTo).Select(point => point.Value!.Value).Order().ToList();
        if (calm.Count < FewestWindows)
            return null;
        var metric = KnownMetrics.Of(series[0].Metric);
        var normal = Median(calm);
        var spread = 1.4826 * Median([.. calm.Select(value => Math.Abs(value - normal)).Order()]);
        var floor = metric.Name == PopulationStabilityIndex.Name ? DriftFloor : metric.Floor.Of(normal);
        var bound = Math.Max(floor, Spreads * spread);
        for (var i = 0; i < series.Count; i++)
        {
            // Once is chance; the newest window has no next one yet.
            if (
                series[i].WindowStart >= from
                && Left(metric, series[i].Value!.Value - normal) > bound
                && (i + 1 == series.Count || Left(metric, series[i + 1].Value!.Value - normal) > bound)
            )
            {
                return new(series[i].Metric, series[i].Feature, series[i].WindowStart, series[i].Value!.Value, normal, default);
            }
        }

        return null;
    }

    private static double Left(MetricDefinition metric, double change) =>
        metric.Direction switch
        {
            MetricDirection.LowerIsBetter => change,
            MetricDirection.HigherIsBetter => -change,
            _ => Math.Abs(change),
        };

    private static double Median(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}
