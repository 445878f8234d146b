using MathNet.Numerics;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Sequential;

/// <summary>
/// The mixture sequential probability ratio test of an A/B difference (Johari, Pekelis and Walsh): N(0, tau^2) prior on the difference. Its
/// p-value may be looked at after every value. Mutable; not safe for concurrent use.
/// </summary>
public sealed class MixtureSequentialTest
{
    private readonly double _tau;

    /// <summary>Starts a test.</summary>
    /// <param name="tau">Standard deviation of the prior on the difference, in its unit, positive: about the difference one hopes to find.
    /// Fix it before looking.</param>
    public MixtureSequentialTest(double tau)
    {
        Require.PositiveFinite(tau);
        _tau = tau;
    }

    /// <summary>Likelihood ratio after the last look.</summary>
    public double LikelihoodRatio { get; private set; } = 1;

    /// <summary>Anytime-valid p-value; never rises.</summary>
    public double PValue { get; private set; } = 1;

    /// <summary>
    /// Looks at the difference of two means and the variance of that difference (sigma_a^2 / n_a + sigma_b^2 / n_b):
    /// ratio = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2))).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The difference is not finite or the variance not positive.</exception>
    public double Look(double difference, double variance)
    {
        if (!double.IsFinite(difference))
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "Must be finite.");
        Require.PositiveFinite(variance);
        var square = _tau * _tau;
        var log = 0.5 * Math.Log(variance / (variance + square)) + square * difference * difference / (2 * variance * (variance + square));
        LikelihoodRatio = Math.Exp(Math.Min(log, 700));
        PValue = Math.Min(PValue, 1 / LikelihoodRatio);
        return PValue;
    }
}

/// <summary>Wald's boundaries for the logarithm of a likelihood ratio.</summary>
/// <param name="AcceptAlternative">At or above: accept the alternative.</param>
/// <param name="AcceptNull">At or below: accept the null.</param>
public readonly record struct SequentialBoundaries(double AcceptAlternative, double AcceptNull)
{
    /// <summary>The boundaries ln((1 - beta) / alpha) and ln(beta / (1 - alpha)).</summary>
    /// <param name="alpha">Chance of a false alternative, inside (0, 1).</param>
    /// <param name="beta">Chance of a missed alternative, inside (0, 1); alpha + beta &lt; 1.</param>
    public static SequentialBoundaries Wald(double alpha, double beta)
    {
        Require.OpenUnit(alpha);
        Require.OpenUnit(beta);
        if (alpha + beta >= 1)
            throw new ArgumentException("alpha + beta must be below 1.", nameof(beta));
        return new SequentialBoundaries(Math.Log((1 - beta) / alpha), Math.Log(beta / (1 - alpha)));
    }
}

/// <summary>
/// Alpha spending (Lan and DeMets 1983): how much of alpha may be spent in total when a fraction of the planned information is in.
/// Cumulative; boundaries need integration.
/// </summary>
public static class AlphaSpending
{
    /// <summary>O'Brien-Fleming type: 2 - 2 Phi(z_{alpha/2} / sqrt(t)). Spends almost nothing early.</summary>
    /// <param name="fraction">Information fraction in [0, 1].</param>
    /// <param name="alpha">Total, inside (0, 1).</param>
    public static double OBrienFleming(double fraction, double alpha = 0.05)
    {
        Require.Probability(fraction);
        Require.OpenUnit(alpha);
        return fraction == 0 ? 0 : Tails.NormalTwoSided(Tails.NormalQuantile(1 - alpha / 2) / Math.Sqrt(fraction));
    }

    /// <summary>Pocock type: alpha ln(1 + (e - 1) t). Spends evenly.</summary>
    public static double Pocock(double fraction, double alpha = 0.05)
    {
        Require.Probability(fraction);
        Require.OpenUnit(alpha);
        return alpha * Math.Log(1 + (Math.E - 1) * fraction);
    }
}

/// <summary>
/// Whether an experiment's arms got the shares that were planned. A mismatch (p &lt; 0.001) means that the assignment is broken, so its
/// results mean nothing.
/// </summary>
public static class SampleRatioMismatch
{
    /// <summary>Pearson's goodness-of-fit test of counts against planned shares; once, at the end.</summary>
    /// <param name="counts">Entities per arm, at least two arms.</param>
    /// <param name="plannedShares">Positive, summing to 1.</param>
    public static TestResult Test(ReadOnlySpan<long> counts, ReadOnlySpan<double> plannedShares)
    {
        var total = Check(counts, plannedShares);
        if (total == 0)
            return TestResult.Insufficient(0, 0, "no rows");
        var statistic = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            var expected = total * plannedShares[i];
            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        }

        return TestResult.Of(statistic, Tails.ChiSquare(statistic, counts.Length - 1), (long)total, 0, "chi-square", counts.Length - 1);
    }

    /// <summary>
    /// The e-value of the counts so far against the planned shares, after a Dirichlet mixture (Lindon and Malek 2020): may be looked at any
    /// time; 1/e is a p-value, when taken at its largest so far.
    /// </summary>
    /// <param name="counts">Entities per arm so far.</param>
    /// <param name="plannedShares">Positive, summing to 1.</param>
    /// <param name="concentration">Weight of the plan in the mixture, positive: large finds small mismatches late, small finds large ones
    /// early.</param>
    public static double EValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> plannedShares, double concentration = 100)
    {
        Require.PositiveFinite(concentration);
        var total = Check(counts, plannedShares);
        var log = SpecialFunctions.GammaLn(concentration) - SpecialFunctions.GammaLn(concentration + total);
        for (var i = 0; i < counts.Length; i++)
        {
            var prior = concentration * plannedShares[i];
            log += SpecialFunctions.GammaLn(prior + counts[i]) - SpecialFunctions.GammaLn(prior) - counts[i] * Math.Log(plannedShares[i]);
        }

        return Math.Exp(Math.Min(log, 700));
    }

    private static double Check(ReadOnlySpan<long> counts, ReadOnlySpan<double> plannedShares)
    {
        if (counts.Length < 2)
            throw new ArgumentException("At least two arms are needed.", nameof(counts));
        Require.SameLength(counts.Length, plannedShares.Length, nameof(plannedShares));
        double total = 0,
            shares = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            Require.Count(counts[i], i, nameof(counts));
            Require.PositiveFinite(plannedShares[i], nameof(plannedShares));
            total += counts[i];
            shares += plannedShares[i];
        }

        if (Math.Abs(shares - 1) > 1e-9)
            throw new ArgumentException($"The planned shares sum to {shares}, not to 1.", nameof(plannedShares));
        return total;
    }
}
