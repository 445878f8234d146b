using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// A metric that was estimated without ground truth. The interval says where the realised metric of these rows is expected in 95 % of cases
/// if the estimator's assumptions hold; it adds two sources of error that are kept apart here.
/// </summary>
/// <param name="Estimate">Value and interval.</param>
/// <param name="SamplingError">Standard deviation of the realised metric around the estimate when the calibrated probabilities are right
/// (the coin flips).</param>
/// <param name="CalibrationError">Standard error from fitting the calibration on a finite reference (bootstrap refits).</param>
public readonly record struct EstimatedMetric(Estimate Estimate, double SamplingError, double CalibrationError)
{
    internal static EstimatedMetric Of(
        double value,
        long n,
        double samplingVariance,
        double calibrationVariance,
        double minimum,
        double maximum
    )
    {
        var sampling = Math.Max(0, samplingVariance);
        var calibration = Math.Max(0, calibrationVariance);
        var error = Math.Sqrt(sampling + calibration);
        var estimate = Estimate.Of(value, n);
        return double.IsFinite(error)
            ? new EstimatedMetric(
                estimate
                    .With(Confidence.Normal(value, error).Clip(Math.Min(value, minimum), Math.Max(value, maximum)))
                    .WithStandardError(error),
                Math.Sqrt(sampling),
                Math.Sqrt(calibration)
            )
            : new EstimatedMetric(estimate, 0, 0);
    }

    /// <summary>The interval comes from simulated outcomes, which need not lie symmetrically.</summary>
    internal static EstimatedMetric Drawn(double value, long n, double sampling, double calibration, Interval interval)
    {
        var estimate = Estimate.Of(value, n);
        return double.IsFinite(sampling) && double.IsFinite(calibration)
            ? new EstimatedMetric(
                estimate.With(interval).WithStandardError(Math.Sqrt(sampling * sampling + calibration * calibration)),
                sampling,
                calibration
            )
            : new EstimatedMetric(estimate, 0, 0);
    }

    internal static EstimatedMetric None(Estimate why) => new(why, 0, 0);
}

/// <summary>Compares estimates with what was realised when the ground truth came.</summary>
/// <param name="MeanAbsoluteError">Mean of |estimated - realised| over the windows.</param>
/// <param name="Bias">Mean of estimated - realised: positive when the estimator flatters.</param>
/// <param name="Coverage">Share of windows whose realised value lay in the estimate's interval (Wilson).</param>
/// <param name="Windows">Windows compared.</param>
public readonly record struct EstimationError(double MeanAbsoluteError, double Bias, Estimate Coverage, int Windows)
{
    /// <summary>Compares window by window; windows where either side has no value are left out. Null when none remains.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static EstimationError? Of(ReadOnlySpan<Estimate> estimated, ReadOnlySpan<Estimate> realised)
    {
        Require.SameLength(estimated.Length, realised.Length, nameof(realised));
        double absolute = 0,
            bias = 0;
        int windows = 0,
            intervals = 0,
            covered = 0;
        for (var i = 0; i < estimated.Length; i++)
        {
            if (estimated[i].Value is not { } guess || realised[i].Value is not { } truth)
                continue;
            windows++;
            absolute += Math.Abs(guess - truth);
            bias += guess - truth;
            if (estimated[i].Lower is not { } lower || estimated[i].Upper is not { } upper)
                continue;
            intervals++;
            covered += truth >= lower && truth <= upper ? 1 : 0;
        }

        return windows == 0
            ? null
            : new EstimationError(absolute / windows, bias / windows, Wilson.Proportion(covered, intervals), windows);
    }
}
