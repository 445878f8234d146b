using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Outcomes.Costs;

/// <summary>Adds up what decisions cost: of rows with ground truth as it turned out, of all rows as it is to be expected.</summary>
internal sealed class CostSums
{
    private double _realised;
    private double _squares;
    private double _expected;
    private double _variance;

    /// <summary>Rows with ground truth and a price.</summary>
    public long Labelled { get; private set; }

    /// <summary>Rows with an expectation.</summary>
    public long Estimated { get; private set; }

    /// <summary>Adds equal rows whose ground truth is known.</summary>
    public void AddRealised(double cost, long count)
    {
        (_realised, _squares, Labelled) = (_realised + (cost * count), _squares + (cost * cost * count), Labelled + count);
    }

    /// <summary>Adds equal rows: the expectation of the cost of one, and its variance over what may be true.</summary>
    public void AddExpected(double mean, double variance, long count)
    {
        (_expected, _variance, Estimated) = (_expected + (mean * count), _variance + (variance * count), Estimated + count);
    }

    /// <summary>
    /// Cost of the labelled rows, for <paramref name="rows"/> rows (their own number: the sum). Interval: normal, of the mean.
    /// </summary>
    public Estimate Realised(double rows)
    {
        if (Labelled == 0)
            return Estimate.Insufficient(0, null, "no ground truth");
        var mean = _realised / Labelled;
        return Scaled(
            Estimate.Of(mean, Labelled).With(Confidence.Mean(Labelled, mean, Math.Max(0, _squares - (Labelled * mean * mean)))),
            rows
        );
    }

    /// <summary>
    /// Expected cost for <paramref name="rows"/> rows. Interval: normal, of the ground truth that is not known yet; the calibration is
    /// taken for true.
    /// </summary>
    public Estimate Expected(double rows)
    {
        if (Estimated == 0)
            return Estimate.Insufficient(0, null, "no calibrated scores");
        return Scaled(
            Estimate.Of(_expected / Estimated, Estimated).With(Confidence.Normal(_expected / Estimated, Math.Sqrt(_variance) / Estimated)),
            rows
        );
    }

    private static Estimate Scaled(Estimate mean, double rows) =>
        mean is not { Value: { } value }
            ? mean
            : Estimate
                .Of(value * rows, mean.N)
                .With(mean is { Lower: { } lower, Upper: { } upper } ? new Interval(lower * rows, upper * rows) : null);
}
