using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Streams;

namespace Plumbline.Statistics.Tests;

/// <summary>The examples of the package's README, compiled and run.</summary>
public sealed class ReadmeTests
{
    private readonly RandomSource _random = new(1);

    [Fact]
    public void Drift_of_one_numeric_feature()
    {
        double[] reference = [.. Enumerable.Range(0, 2000).Select(_ => _random.NextGaussian())];
        double[] current = [.. Enumerable.Range(0, 1000).Select(_ => 0.5 + _random.NextGaussian()), double.NaN];
        var edges = PercentileEdges.FromSample(reference);
        var before = edges.Count(reference, out _);
        var now = edges.Count(current, out var unbinned);
        Estimate psi = BinnedDistance.PopulationStability(edges.ToDeciles(before), edges.ToDeciles(now));
        TestResult ks = PercentileDistance.KolmogorovSmirnov(edges.Edges, before, now);
        Assert.InRange(psi.Value!.Value, 0.15, 0.4);
        Assert.True(ks.PValue < 1e-6 && ks.ErrorBound > 0);
        Assert.Equal(1, unbinned.Missing);
    }

    [Fact]
    public void Performance_without_ground_truth()
    {
        var (referenceScores, referenceGroundTruth) = Scored(3000);
        var (scores, truth) = Scored(1000);
        var predictions = scores.Select(s => s > 0.5).ToArray();
        BinaryOutcome[] rows = [.. scores.Select((s, i) => new BinaryOutcome(truth[i], predictions[i], s))];
        var estimator = BinaryPerformanceEstimator.Fit(referenceScores, referenceGroundTruth);
        BinaryEstimate guess = estimator.Estimate(scores, predictions);
        BinaryPerformance real = BinaryPerformance.Of(rows);
        EstimationError? error = EstimationError.Of([guess.RocAuc.Estimate], [real.RocAuc]);
        Assert.True(error!.Value.MeanAbsoluteError < 0.05);
        Assert.Empty(guess.Warnings);
    }

    [Fact]
    public void An_alarm_with_a_false_alarm_budget()
    {
        var detector = new EDetector(baseline: 0.05, averageRunLength: 100_000);
        var alarm = 0;
        for (var t = 1; t <= 2000 && alarm == 0; t++)
        {
            var isError = _random.NextDouble() < (t <= 1000 ? 0.04 : 0.3);
            if (detector.Add(isError ? 1 : 0) == StreamState.Drift)
                alarm = t;
        }

        Assert.InRange(alarm, 1001, 1150);
    }

    private (double[] Scores, bool[] Truth) Scored(int n)
    {
        double[] scores = [.. Enumerable.Range(0, n).Select(_ => _random.NextDouble())];
        return (scores, [.. scores.Select(s => _random.NextDouble() < s)]);
    }
}
