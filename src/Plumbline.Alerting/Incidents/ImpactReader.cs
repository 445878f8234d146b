using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Rules;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Incidents;

/// <summary>How much worse the model is since the onset: realised where ground truth has come, else estimated.</summary>
public sealed class ImpactReader(MetricPointStore points, TimeProvider time)
{
    /// <summary>The time before the onset that it is compared with.</summary>
    internal static readonly TimeSpan Before = TimeSpan.FromDays(7);

    private const long EnoughRows = 100;

    /// <summary>
    /// Rows from which on the windows without other incidents are compared alone: a few hours of them differ by the hour of the day.
    /// </summary>
    private const long EnoughAlone = 2_000;

    /// <summary>What turned out goes before what is expected.</summary>
    private static readonly string[] CostsPer1000 = [CostMetrics.RealizedPer1000, CostMetrics.EstimatedPer1000];

    /// <summary>
    /// The worst certain loss among the model's main metrics, for all rows and the segments of the incident; else whatever can be told;
    /// null when nothing can.
    /// </summary>
    public async Task<ImpactFacts?> ReadAsync(
        ImpactPeriod period,
        ModelDefinition model,
        IReadOnlyList<string> segments,
        CancellationToken cancellation
    )
    {
        period = period.Until(time.GetUtcNow());
        var found = new List<ImpactFacts>();
        foreach (var segment in segments.Prepend(""))
        {
            foreach (var metric in DefaultRules.MainMetrics(model.Task))
            {
                var impact =
                    await ReadAsync(model, PerformanceMetrics.Of(metric), segment, period, cancellation)
                    ?? await ReadAsync(model, EstimatedMetrics.Of(metric), segment, period, cancellation);
                if (impact is not null)
                    found.Add(impact);
            }
        }

        var worst = found
            .OrderByDescending(impact => impact.Certain)
            .ThenByDescending(impact => impact.LossLower / Math.Max(1e-9, Math.Abs(impact.Before)))
            .FirstOrDefault();
        if (worst is null || await CostPerDayAsync(model, period, cancellation) is not { } money)
            return worst;
        return worst with
        {
            MoneyPerDay = money.Value,
            MoneyLower = money.Lower,
            MoneyUpper = money.Upper,
            Currency = model.Cost!.Currency,
        };
    }

    /// <summary>
    /// By how much the cost of decisions per day grew, with its 95 % interval: the change of the cost per prediction, realised where ground
    /// truth has come, else estimated, times the predictions of a day since the onset. Windows of other incidents are left out, so that no
    /// loss is counted twice. Null without a declared cost or without priced rows on both sides.
    /// </summary>
    private async Task<(double Value, double Lower, double Upper)?> CostPerDayAsync(
        ModelDefinition model,
        ImpactPeriod period,
        CancellationToken cancellation
    )
    {
        if (model.Cost is null)
            return null;
        var read = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [.. CostsPer1000, InputMetrics.Rows],
                From = period.Onset - Before,
                To = period.End!.Value,
            },
            cancellation
        );
        var usable = read.Where(point => point is { Value: not null, N: > 0 }).ToList();
        var rows = usable.Where(point => point.Metric == InputMetrics.Rows && period.IsAfter(point)).ToList();
        if (rows.Count == 0)
            return null;
        var perDay = rows.Average(point => point.Value!.Value) * (CoarseWindows.Day / model.Window) / 1000;
        foreach (var metric in CostsPer1000)
        {
            var side = usable.Where(point => point.Metric == metric).ToList();
            if (
                PointMean.Of(side.Where(period.IsBefore)) is not { Rows: >= EnoughRows } before
                || PointMean.Of(side.Where(period.IsAfter)) is not { Rows: >= EnoughRows } after
            )
            {
                continue;
            }

            var (change, margin) = (after.Value - before.Value, 1.96 * Math.Sqrt(after.Variance + before.Variance));
            return (change * perDay, (change - margin) * perDay, (change + margin) * perDay);
        }

        return null;
    }

    private async Task<ImpactFacts?> ReadAsync(
        ModelDefinition model,
        string metric,
        string segment,
        ImpactPeriod period,
        CancellationToken cancellation
    )
    {
        var window = CoarseWindows.OfScope(model.Window, segment);
        var read = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [metric],
                Segment = segment,
                From = period.Onset - Before,
                To = period.End!.Value,
                Window = window,
            },
            cancellation
        );
        var usable = read.Where(point => point is { Value: not null, N: > 0, Status: MetricStatus.Ok or MetricStatus.Incomplete }).ToList();
        var since = period.Onset - (window > model.Window ? window / 2 : TimeSpan.Zero);
        // Without the time of other incidents where that leaves enough; what moved must be said in any case.
        var before = Enough(usable.Where(period.IsBefore)) ?? PointMean.Of(usable.Where(point => point.WindowEnd <= period.Onset));
        var own = Enough(usable.Where(point => point.WindowStart >= since && !period.IsOfOthersSince(point)));
        var after = own ?? PointMean.Of(usable.Where(point => point.WindowStart >= since));
        if (before is not { Rows: >= EnoughRows } || after is not { Rows: >= EnoughRows })
            return null;
        var sign = KnownMetrics.Find(model, metric)?.Direction == MetricDirection.LowerIsBetter ? 1 : -1;
        var loss = sign * (after.Value.Value - before.Value.Value);
        var margin = 1.96 * Math.Sqrt(after.Value.Variance + before.Value.Variance);
        return new ImpactFacts(
            metric,
            segment,
            EstimatedMetrics.Contains(metric),
            before.Value.Value,
            after.Value.Value,
            loss,
            loss - margin,
            loss + margin,
            after.Value.Rows,
            null,
            null
        )
        {
            Shared = own is null && usable.Exists(period.IsOfOthersSince),
        };
    }

    private static PointMean? Enough(IEnumerable<MetricPoint> points) =>
        PointMean.Of(points) is { Rows: >= EnoughAlone } mean ? mean : null;
}
