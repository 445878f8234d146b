using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Outcomes.Signals;

/// <summary>Business signals per prediction, by version and segment: rates, means and sums with intervals.</summary>
public sealed class SignalCalculator(SignalGroups groups) : IEventCalculator
{
    // Their names are known by model only: see BusinessMetrics.
    public IReadOnlyList<MetricDefinition> Metrics { get; } = [];

    /// <inheritdoc/>
    public string MissingOnFailure => "the metrics of signals";

    public DirtyReason FollowsFrom => DirtyReason.Predictions | DirtyReason.Signals;

    public async Task CalculateAsync(
        ModelDefinition model,
        IReadOnlyList<MetricWindow> windows,
        List<MetricPoint> points,
        CancellationToken cancellation
    )
    {
        if (model.Signals.IsEmpty)
            return;
        foreach (var run in ConsecutiveWindows.Split(windows))
        {
            foreach (var (window, counts) in await groups.ReadAsync(model, run[0].Start, run[^1].End, run[0].Length, cancellation))
            {
                if (window < 0 || window >= run.Count)
                    continue;
                foreach (var ((scope, signal), sums) in counts.Signals)
                    AddPoints(signal, counts.Predictions.GetValueOrDefault(scope), sums, new MetricSink(points, run[window], scope));
                AddSilent(model, counts, points, run[window]);
            }
        }
    }

    /// <summary>A signal that did not come to any prediction of a scope is a rate of 0, not a gap.</summary>
    private static void AddSilent(ModelDefinition model, SignalCounts counts, List<MetricPoint> points, MetricWindow window)
    {
        foreach (var (scope, predictions) in counts.Predictions)
        {
            foreach (
                var signal in model.Signals.Where(signal =>
                    signal.Kind == SignalKind.Rate && !counts.Signals.ContainsKey((scope, signal.Name))
                )
            )
            {
                AddPoints(signal.Name, predictions, default, new MetricSink(points, window, scope));
            }
        }
    }

    private static void AddPoints(string signal, long predictions, SignalSums sums, MetricSink sink)
    {
        var events = sums.Events + sums.LooseEvents;
        var (sum, squares) = (sums.Sum + sums.LooseSum, sums.Squares + sums.LooseSquares);
        sink.AddCount(BusinessMetrics.Name(signal, "count"), events, events);
        if (predictions > 0)
            sink.Add(BusinessMetrics.Name(signal, "rate"), Rate(predictions, sums));
        if (events == 0)
            return;
        var mean = sum / events;
        sink.Add(
            BusinessMetrics.Name(signal, "mean"),
            Estimate.Of(mean, events).With(Confidence.Mean(events, mean, Math.Max(0, squares - (events * mean * mean))))
        );
        // Each prediction's own sum is the observation; events without one are observations of themselves.
        var observations = predictions + sums.LooseEvents;
        var each = sum / observations;
        var deviations = Math.Max(0, sums.SquaredSums + sums.LooseSquares - (observations * each * each));
        sink.Add(
            BusinessMetrics.Name(signal, "sum"),
            Estimate
                .Of(sum, observations)
                .With(
                    Confidence.Mean(observations, each, deviations) is { } interval
                        ? new Interval(interval.Lower * observations, interval.Upper * observations)
                        : null
                )
        );
    }

    /// <summary>
    /// Aggregates come as numbers per window ("37 clicks"): where no event names a prediction, their sum is the number of predictions it
    /// happened to.
    /// </summary>
    private static Estimate Rate(long predictions, SignalSums sums) =>
        sums is { Events: 0, LooseEvents: > 0 } && sums.LooseSum >= 0 && sums.LooseSum <= predictions
            ? Wilson.Proportion(sums.LooseSum, predictions)
            : Wilson.Proportion(Math.Min(sums.Predictions, predictions), predictions);
}
