using Plumbline.Server.Alerting.Rules;
using Plumbline.Server.Health;
using Plumbline.Server.Metrics;
using Plumbline.Server.Models;

namespace Plumbline.Server.Alerting.Incidents;

/// <summary>How much worse the model is since the onset: realised where ground truth has come, else estimated.</summary>
public sealed class ImpactReader(MetricPointStore points, MetricCatalogue catalogue, TimeProvider time)
{
    /// <summary>The time before the onset that it is compared with.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromDays(7);

    private const long EnoughRows = 100;

    /// <summary>The worst certain loss among the model's main metrics, for all rows and the segments of the incident; else whatever can be told; null when nothing can.</summary>
    public async Task<IncidentImpact?> ReadAsync(IncidentRow incident, IReadOnlyList<AlertRow> alerts, ModelDefinition model, IReadOnlyList<string> segments, CancellationToken cancellation)
    {
        var onset = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs);
        var end = alerts.Any(alert => alert.ResolvedMs is null) ? time.GetUtcNow() : DateTimeOffset.FromUnixTimeMilliseconds(alerts.Max(alert => alert.ResolvedMs) ?? incident.FiredMs);
        var found = new List<IncidentImpact>();
        foreach (var segment in segments.Prepend(""))
        {
            foreach (var metric in DefaultRules.MainMetrics(model.Task))
            {
                var impact = await ReadAsync(model, $"performance.{metric}", segment, onset, end, cancellation) ?? await ReadAsync(model, $"estimated.{metric}", segment, onset, end, cancellation);
                if (impact is not null) found.Add(impact);
            }
        }

        var worst = found.OrderByDescending(impact => impact.Certain).ThenByDescending(impact => impact.LossLower / Math.Max(1e-9, Math.Abs(impact.Before))).FirstOrDefault();
        if (worst is null || await CostPerDayAsync(model, onset, end, cancellation) is not { } money) return worst;
        return worst with { MoneyPerDay = money, Currency = model.Cost!.Currency, Words = $"{worst.Words}; {(money >= 0 ? "about" : "no loss:")} {Signed(money)} {model.Cost.Currency} a day" };
    }

    /// <summary>
    /// By how much the declared cost of wrong decisions per day grew: per decision s (1 - p) c_fp + s (p / r) (1 - r) c_fn, with s the share of positive answers, p precision and r recall, times
    /// the predictions of a day since the onset. Null without a declared cost or without the three numbers on both sides.
    /// </summary>
    private async Task<double?> CostPerDayAsync(ModelDefinition model, DateTimeOffset onset, DateTimeOffset end, CancellationToken cancellation)
    {
        if (model.Cost is not { } cost || model.EffectivePositiveClass is not { } positive) return null;
        var read = await points.ReadAsync(model, new MetricQuery { Metrics = ["performance.precision", "performance.recall", "output.share", "input.rows"], From = onset - Before, To = end }, cancellation);
        var usable = read.Where(point => point is { Value: not null, N: > 0 } && (point.Class.Length == 0 || point.Class == positive)).ToList();
        if (PerDecision(usable.Where(point => point.WindowEnd <= onset)) is not { } before || PerDecision(usable.Where(point => point.WindowStart >= onset)) is not { } after) return null;
        var days = usable.Where(point => point.Metric == "input.rows" && point.WindowStart >= onset).ToList();
        return days.Count == 0 ? null : (after - before) * days.Average(point => point.Value!.Value) * (CoarseWindows.Day / model.Window);

        double? PerDecision(IEnumerable<MetricPoint> side)
        {
            var list = side.ToList();
            double? Of(string metric) => Mean(list.Where(point => point.Metric == metric))?.Value;
            return Of("performance.precision") is { } p && Of("performance.recall") is > 0 and var r && Of("output.share") is { } s ? (s * (1 - p) * cost.FalsePositive) + (s * p / r * (1 - r) * cost.FalseNegative) : null;
        }
    }

    private async Task<IncidentImpact?> ReadAsync(ModelDefinition model, string metric, string segment, DateTimeOffset onset, DateTimeOffset end, CancellationToken cancellation)
    {
        // A segment has too few labelled rows in an hour; its days have enough.
        var window = segment.Length == 0 || model.Window >= CoarseWindows.Day ? model.Window : CoarseWindows.Day;
        var read = await points.ReadAsync(model, new MetricQuery { Metrics = [metric], Segment = segment, From = onset - Before, To = end, Window = window }, cancellation);
        var usable = read.Where(point => point is { Value: not null, N: > 0, Status: MetricStatus.Ok or MetricStatus.Incomplete }).ToList();
        var (before, after) = (Mean(usable.Where(point => point.WindowEnd <= onset)), Mean(usable.Where(point => point.WindowStart >= onset - (window > model.Window ? window / 2 : TimeSpan.Zero))));
        if (before is not { Rows: >= EnoughRows } || after is not { Rows: >= EnoughRows }) return null;
        var sign = catalogue.Find(model, metric)?.Direction == MetricDirection.LowerIsBetter ? 1 : -1;
        var loss = sign * (after.Value.Value - before.Value.Value);
        var margin = 1.96 * Math.Sqrt(after.Value.Variance + before.Value.Variance);
        var unit = catalogue.Find(model, metric)?.Unit ?? "";
        var share = unit is "share" or "probability";
        var name = metric.Split('.')[1].Replace('_', ' ');
        var change = share ? $"{Signed(-loss * 100)} points, 95 % {Signed((-loss - margin) * 100)} .. {Signed((-loss + margin) * 100)}" : $"{Signed(sign * loss)}, 95 % {Signed((sign * loss) - margin)} .. {Signed((sign * loss) + margin)}";
        var estimated = metric.StartsWith("estimated.", StringComparison.Ordinal);
        var words = $"{(estimated ? "Estimated " : "")}{name}{(segment.Length > 0 ? $" of {segment}" : "")} {Figures.Format(before.Value.Value)} \u2192 {Figures.Format(after.Value.Value)} ({change}; n {Figures.Count(after.Value.Rows)})";
        return new IncidentImpact(metric, segment, estimated, before.Value.Value, after.Value.Value, loss, loss - margin, loss + margin, after.Value.Rows, null, null, words);
    }

    private static (double Value, double Variance, long Rows)? Mean(IEnumerable<MetricPoint> points)
    {
        double sum = 0, variance = 0;
        long rows = 0;
        foreach (var point in points)
        {
            sum += point.N * point.Value!.Value;
            rows += point.N;
            if (point is { Lower: { } lower, Upper: { } upper }) variance += Math.Pow(point.N * (upper - lower) / (2 * 1.96), 2);
        }

        return rows == 0 ? null : (sum / rows, variance / ((double)rows * rows), rows);
    }

    private static string Signed(double value) => (value >= 0 ? "+" : "\u2212") + Figures.Format(Math.Abs(value));
}
