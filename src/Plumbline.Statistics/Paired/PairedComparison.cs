using MathNet.Numerics.Distributions;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Paired;

/// <summary>A case that two models answered.</summary>
/// <param name="Before">What the first was worth there: 1 for a right answer and 0 for a wrong one, or an error.</param>
/// <param name="After">What the second was worth there, in the same unit.</param>
/// <param name="Weight">
/// How many cases it stands for, positive: 1 over the probability with which it was chosen, or 1 where all were as likely.
/// </param>
public readonly record struct PairedRow(double Before, double After, double Weight = 1);

/// <summary>Two models on the same cases.</summary>
/// <param name="Before">Mean of the first.</param>
/// <param name="After">Mean of the second.</param>
/// <param name="Difference">The second minus the first, with its 95 % interval.</param>
/// <param name="OnlyBefore">Cases where the first was worth more.</param>
/// <param name="OnlyAfter">Cases where the second was.</param>
/// <param name="Test">Whether the two differ: the exact test of McNemar over the cases where they do; without weights.</param>
public sealed record PairedComparison(
    Estimate Before,
    Estimate After,
    Estimate Difference,
    long OnlyBefore,
    long OnlyAfter,
    TestResult Test
)
{
    /// <summary>
    /// Compares case by case: what is hard is hard for both, so that the difference is known far better than either mean. Of shares the
    /// interval is that of Bonett and Price (2012), which adds a case to each kind of disagreement and holds for few cases too, with as
    /// many cases as have the variance of the weighted difference (Kott 2017); of other numbers Student's t of the differences, with as
    /// many as the weights are worth, (sum w)^2 / sum w^2 (Kish 1965). Insufficient below two cases.
    /// </summary>
    /// <param name="rows">The cases.</param>
    /// <param name="areShares">True where values are 0 or 1.</param>
    /// <exception cref="ArgumentException">
    /// A value is not finite, or of shares neither 0 nor 1; a weight is not positive and finite.
    /// </exception>
    public static PairedComparison Of(IReadOnlyList<PairedRow> rows, bool areShares)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var sums = WeightedSums.Of(rows, areShares);
        var (onlyBefore, onlyAfter) = (rows.LongCount(row => row.Before > row.After), rows.LongCount(row => row.After > row.Before));
        var test = McNemar(onlyBefore, onlyAfter, rows.Count);
        if (rows.Count < 2)
        {
            var few = Estimate.Insufficient(rows.Count, null, "fewer than two cases");
            return new PairedComparison(few, few, few, onlyBefore, onlyAfter, test);
        }

        return new PairedComparison(
            Mean(sums, rows, row => row.Before, areShares),
            Mean(sums, rows, row => row.After, areShares),
            areShares ? OfShares(sums, rows) : Mean(sums, rows, row => row.After - row.Before, areShares: false),
            onlyBefore,
            onlyAfter,
            test
        );
    }

    private static Estimate OfShares(WeightedSums sums, IReadOnlyList<PairedRow> rows)
    {
        var gained = sums.Mean(rows, row => row.After > row.Before ? 1 : 0);
        var lost = sums.Mean(rows, row => row.Before > row.After ? 1 : 0);
        var n = sums.Cases(rows, gained, lost);
        var (up, down) = ((gained * n + 1) / (n + 2), (lost * n + 1) / (n + 2));
        var error = Math.Sqrt((up + down - (up - down) * (up - down)) / (n + 2));
        var half = Confidence.Z(0.95) * error;
        return Estimate
            .Of(gained - lost, rows.Count)
            .WithStandardError(error)
            .With(new Interval(Math.Max(-1, up - down - half), Math.Min(1, up - down + half)));
    }

    private static Estimate Mean(WeightedSums sums, IReadOnlyList<PairedRow> rows, Func<PairedRow, double> value, bool areShares)
    {
        var mean = sums.Mean(rows, value);
        var estimate = Estimate.Of(mean, rows.Count);
        if (areShares)
            return estimate.With(Wilson.Of(Math.Min(mean, 1) * sums.Effective, sums.Effective));
        var squares = 0.0;
        foreach (var row in rows)
        {
            var part = row.Weight * (value(row) - mean) / sums.Total;
            squares += part * part;
        }

        // The rows' own number corrects the variance; the effective one says how well that is known.
        var error = Math.Sqrt(squares * rows.Count / (rows.Count - 1.0));
        var half = Tails.StudentQuantile(0.975, Math.Max(1, sums.Effective - 1)) * error;
        return estimate.WithStandardError(error).With(new Interval(mean - half, mean + half));
    }

    // Twice the smaller tail of a fair coin thrown for each case where they differ.
    private static TestResult McNemar(long onlyBefore, long onlyAfter, int n)
    {
        var differ = onlyBefore + onlyAfter;
        if (differ == 0)
            return TestResult.Undefined(n, n, "the two were worth the same in every case");
        var p = Math.Min(1, 2 * Binomial.CDF(0.5, (int)differ, Math.Min(onlyBefore, onlyAfter)));
        return TestResult.Of(onlyAfter - onlyBefore, p, n, n, "exact");
    }

    private readonly record struct WeightedSums(double Total, double Effective)
    {
        public static WeightedSums Of(IReadOnlyList<PairedRow> rows, bool areShares)
        {
            double total = 0,
                squares = 0;
            foreach (var row in rows)
            {
                if (!(row.Weight > 0) || !double.IsFinite(row.Weight))
                    throw new ArgumentException($"The weight {row.Weight} is not positive and finite.", nameof(rows));
                if (!Fits(row.Before, areShares) || !Fits(row.After, areShares))
                {
                    throw new ArgumentException(
                        $"Of {row.Before} and {row.After} one is {(areShares ? "neither 0 nor 1" : "not finite")}.",
                        nameof(rows)
                    );
                }

                total += row.Weight;
                squares += row.Weight * row.Weight;
            }

            return new WeightedSums(total, squares > 0 ? total * total / squares : 0);
        }

        public double Mean(IReadOnlyList<PairedRow> rows, Func<PairedRow, double> value)
        {
            var sum = 0.0;
            foreach (var row in rows)
                sum += row.Weight * value(row);
            return sum / Total;
        }

        /// <summary>As many equal cases as know the difference as well as these do.</summary>
        public double Cases(IReadOnlyList<PairedRow> rows, double gained, double lost)
        {
            var difference = gained - lost;
            var squares = 0.0;
            foreach (var row in rows)
            {
                var part = row.Weight * (Math.Sign(row.After - row.Before) - difference) / Total;
                squares += part * part;
            }

            var spread = gained + lost - difference * difference;
            return squares > 0 && spread > 0 ? spread / squares : Effective;
        }

        private static bool Fits(double value, bool areShares) => areShares ? value is 0 or 1 : double.IsFinite(value);
    }
}
