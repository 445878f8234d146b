using System.Globalization;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Performance;

/// <summary>One group of equal rows of a regression model whose ground truth is known.</summary>
/// <param name="GroundTruth">The true value.</param>
/// <param name="Prediction">The predicted value.</param>
/// <param name="Count">Rows in the group.</param>
public readonly record struct RegressionOutcome(double GroundTruth, double Prediction, double Count = 1);

/// <summary>
/// Sums over rows from which the regression metrics follow. Mergeable (Chan's update for the ground truth's mean and squares), so an engine
/// may compute them set-based: error e = prediction - ground truth.
/// </summary>
public readonly record struct RegressionSums
{
    /// <summary>Rows.</summary>
    public double Count { get; init; }

    /// <summary>Sum of e.</summary>
    public double Error { get; init; }

    /// <summary>Sum of |e|.</summary>
    public double AbsoluteError { get; init; }

    /// <summary>Sum of e^2.</summary>
    public double SquaredError { get; init; }

    /// <summary>Sum of e^4.</summary>
    public double FourthPowerError { get; init; }

    /// <summary>Rows whose ground truth is not 0.</summary>
    public double RelativeCount { get; init; }

    /// <summary>Sum of |e / ground truth| over those rows.</summary>
    public double RelativeError { get; init; }

    /// <summary>Sum of (e / ground truth)^2 over those rows.</summary>
    public double SquaredRelativeError { get; init; }

    /// <summary>Sum of |ground truth|.</summary>
    public double AbsoluteGroundTruth { get; init; }

    /// <summary>Sum of ground truth^2.</summary>
    public double SquaredGroundTruth { get; init; }

    /// <summary>Sum of |e| |ground truth|.</summary>
    public double ErrorTimesGroundTruth { get; init; }

    /// <summary>Sum of 2 |e| / (|prediction| + |ground truth|); 0 where both are 0.</summary>
    public double SymmetricError { get; init; }

    /// <summary>Sum of its squares.</summary>
    public double SquaredSymmetricError { get; init; }

    /// <summary>Mean of the ground truth.</summary>
    public double GroundTruthMean { get; init; }

    /// <summary>Sum of (ground truth - its mean)^2.</summary>
    public double GroundTruthSquares { get; init; }

    /// <summary>The sums of some rows.</summary>
    /// <exception cref="ArgumentException">A value is not finite, or a count is negative.</exception>
    public static RegressionSums Of(ReadOnlySpan<RegressionOutcome> rows)
    {
        var sums = default(RegressionSums);
        for (var i = 0; i < rows.Length; i++)
        {
            Require.Count(rows[i].Count, i, nameof(rows));
            if (!double.IsFinite(rows[i].GroundTruth) || !double.IsFinite(rows[i].Prediction))
                throw new ArgumentException($"Row {i} holds a value that is not finite.", nameof(rows));
            sums += One(rows[i]);
        }

        return sums;
    }

    /// <summary>The sums of both inputs together.</summary>
    public static RegressionSums operator +(RegressionSums a, RegressionSums b)
    {
        if (a.Count == 0 || b.Count == 0)
            return a.Count == 0 ? b : a;
        var n = a.Count + b.Count;
        var delta = b.GroundTruthMean - a.GroundTruthMean;
        return new RegressionSums
        {
            Count = n,
            Error = a.Error + b.Error,
            AbsoluteError = a.AbsoluteError + b.AbsoluteError,
            SquaredError = a.SquaredError + b.SquaredError,
            FourthPowerError = a.FourthPowerError + b.FourthPowerError,
            RelativeCount = a.RelativeCount + b.RelativeCount,
            RelativeError = a.RelativeError + b.RelativeError,
            SquaredRelativeError = a.SquaredRelativeError + b.SquaredRelativeError,
            AbsoluteGroundTruth = a.AbsoluteGroundTruth + b.AbsoluteGroundTruth,
            SquaredGroundTruth = a.SquaredGroundTruth + b.SquaredGroundTruth,
            ErrorTimesGroundTruth = a.ErrorTimesGroundTruth + b.ErrorTimesGroundTruth,
            SymmetricError = a.SymmetricError + b.SymmetricError,
            SquaredSymmetricError = a.SquaredSymmetricError + b.SquaredSymmetricError,
            GroundTruthMean = a.GroundTruthMean + delta * (b.Count / n),
            GroundTruthSquares = a.GroundTruthSquares + b.GroundTruthSquares + delta * delta * (a.Count / n * b.Count),
        };
    }

    /// <summary>The sums of both inputs together.</summary>
    public RegressionSums Add(RegressionSums other) => this + other;

    private static RegressionSums One(RegressionOutcome row)
    {
        var error = row.Prediction - row.GroundTruth;
        var square = error * error;
        var relative = row.GroundTruth == 0 ? 0 : Math.Abs(error / row.GroundTruth);
        var size = Math.Abs(row.GroundTruth);
        var symmetric = error == 0 ? 0 : 2 * Math.Abs(error) / (Math.Abs(row.Prediction) + size);
        return new RegressionSums
        {
            Count = row.Count,
            Error = row.Count * error,
            AbsoluteError = row.Count * Math.Abs(error),
            SquaredError = row.Count * square,
            FourthPowerError = row.Count * square * square,
            RelativeCount = row.GroundTruth == 0 ? 0 : row.Count,
            RelativeError = row.Count * relative,
            SquaredRelativeError = row.Count * relative * relative,
            AbsoluteGroundTruth = row.Count * size,
            SquaredGroundTruth = row.Count * size * size,
            ErrorTimesGroundTruth = row.Count * Math.Abs(error) * size,
            SymmetricError = row.Count * symmetric,
            SquaredSymmetricError = row.Count * symmetric * symmetric,
            GroundTruthMean = row.GroundTruth,
        };
    }
}

/// <summary>Realised performance of a regression model, in the unit of its ground truth. Intervals are 95 %.</summary>
public sealed record RegressionPerformance
{
    /// <summary>Mean absolute error (normal interval).</summary>
    public required Estimate MeanAbsoluteError { get; init; }

    /// <summary>Root mean squared error; the interval is the root of the normal interval of the mean square.</summary>
    public required Estimate RootMeanSquaredError { get; init; }

    /// <summary>
    /// Mean of |e / ground truth| as a fraction, over the rows whose ground truth is not 0 (N counts those, the reason those left out);
    /// undefined when all are 0.
    /// </summary>
    public required Estimate MeanAbsolutePercentageError { get; init; }

    /// <summary>Sum of |e| / sum of |ground truth|: nothing is left out (delta method); undefined when all ground truth is 0.</summary>
    public required Estimate WeightedAbsolutePercentageError { get; init; }

    /// <summary>Mean of 2 |e| / (|prediction| + |ground truth|), in [0, 2]; a row where both are 0 counts as 0 (normal interval).</summary>
    public required Estimate SymmetricAbsolutePercentageError { get; init; }

    /// <summary>
    /// 1 - sum e^2 / sum (ground truth - mean)^2, at most 1; undefined for a constant ground truth. An interval needs rows: see
    /// <see cref="Of(ReadOnlySpan{RegressionOutcome})"/>.
    /// </summary>
    public required Estimate R2 { get; init; }

    /// <summary>Mean of prediction - ground truth: the bias (normal interval).</summary>
    public required Estimate MeanError { get; init; }

    /// <summary>Computes everything from mergeable sums; without an interval for R2.</summary>
    public static RegressionPerformance Of(RegressionSums sums)
    {
        var n = sums.Count;
        var rows = (long)Math.Round(n);
        if (n == 0)
        {
            var none = Estimate.Insufficient(0, null, "no rows");
            return new RegressionPerformance
            {
                MeanAbsoluteError = none,
                RootMeanSquaredError = none,
                MeanAbsolutePercentageError = none,
                WeightedAbsolutePercentageError = none,
                SymmetricAbsolutePercentageError = none,
                R2 = none,
                MeanError = none,
            };
        }

        var meanSquare = sums.SquaredError / n;
        var squareInterval = Confidence.Mean(n, meanSquare, sums.FourthPowerError - n * meanSquare * meanSquare);
        return new RegressionPerformance
        {
            MeanAbsoluteError = Mean(n, sums.AbsoluteError, sums.SquaredError, atLeastZero: true),
            RootMeanSquaredError = Estimate
                .Of(Math.Sqrt(meanSquare), rows)
                .With(squareInterval is { } s ? new Interval(Math.Sqrt(Math.Max(0, s.Lower)), Math.Sqrt(s.Upper)) : null),
            MeanAbsolutePercentageError = Relative(sums, rows),
            WeightedAbsolutePercentageError = Weighted(sums, rows),
            SymmetricAbsolutePercentageError = Mean(n, sums.SymmetricError, sums.SquaredSymmetricError, atLeastZero: true),
            R2 =
                sums.GroundTruthSquares > 0
                    ? Estimate.Of(1 - sums.SquaredError / sums.GroundTruthSquares, rows)
                    : Estimate.Undefined(rows, null, "the ground truth is constant"),
            MeanError = Mean(n, sums.Error, sums.SquaredError, atLeastZero: false),
        };
    }

    /// <summary>Computes everything from rows or groups of rows; R2 with a delta-method interval.</summary>
    /// <exception cref="ArgumentException">A value is not finite, or a count is negative.</exception>
    public static RegressionPerformance Of(ReadOnlySpan<RegressionOutcome> rows)
    {
        var sums = RegressionSums.Of(rows);
        var result = Of(sums);
        if (!result.R2.IsOk || sums.Count < 2)
            return result;

        // R2 = 1 - A / B with A, B means of a = e^2 and b = (y - mean)^2: influence of a row is -(a - (A / B) b) / B.
        var total = sums.GroundTruthSquares / sums.Count;
        var ratio = sums.SquaredError / sums.GroundTruthSquares;
        var variance = 0.0;
        foreach (var row in rows)
        {
            var error = row.Prediction - row.GroundTruth;
            var deviation = row.GroundTruth - sums.GroundTruthMean;
            var influence = (error * error - ratio * deviation * deviation) / total;
            variance += row.Count * influence * influence;
        }

        var standardError = Math.Sqrt(variance) / sums.Count;
        var interval = Confidence.Normal(1 - ratio, standardError);
        return result with { R2 = result.R2.With(interval with { Upper = Math.Min(1, interval.Upper) }).WithStandardError(standardError) };
    }

    private static Estimate Relative(RegressionSums sums, long rows)
    {
        if (sums.RelativeCount == 0)
            return Estimate.Undefined(rows, null, "every ground truth is 0");
        var mean = Mean(sums.RelativeCount, sums.RelativeError, sums.SquaredRelativeError, atLeastZero: true);
        var leftOut = rows - (long)Math.Round(sums.RelativeCount);
        return leftOut == 0
            ? mean
            : mean.WithReason(
                string.Create(CultureInfo.InvariantCulture, $"{leftOut} of {rows} rows are left out: their ground truth is 0")
            );
    }

    // Ratio of two sums over the same rows: the influence of a row is |e| - ratio |y|, divided by the sum of |y|.
    private static Estimate Weighted(RegressionSums sums, long rows)
    {
        if (sums.AbsoluteGroundTruth == 0)
            return Estimate.Undefined(rows, null, "every ground truth is 0");
        var ratio = sums.AbsoluteError / sums.AbsoluteGroundTruth;
        var squares = sums.SquaredError - 2 * ratio * sums.ErrorTimesGroundTruth + ratio * ratio * sums.SquaredGroundTruth;
        var interval = Confidence.Normal(ratio, Math.Sqrt(Math.Max(0, squares)) / sums.AbsoluteGroundTruth);
        return sums.Count < 2
            ? Estimate.Of(ratio, rows)
            : Estimate.Of(ratio, rows).With(interval with { Lower = Math.Max(0, interval.Lower) });
    }

    private static Estimate Mean(double n, double sum, double squares, bool atLeastZero)
    {
        var mean = sum / n;
        var interval = Confidence.Mean(n, mean, squares - n * mean * mean);
        if (atLeastZero && interval is { } known)
            interval = known with { Lower = Math.Max(0, known.Lower) };
        return Estimate.Of(mean, (long)Math.Round(n)).With(interval);
    }
}
