namespace Plumbline.Statistics.Uncertainty;

/// <summary>
/// How unsure a model is about one row, from its class probabilities: what active labelling selects by. Selecting by uncertainty biases
/// metrics; keep a uniform random stream beside it. A row that is no distribution (outside [0, 1], sum further than 0.01 from 1) gives
/// null.
/// </summary>
public static class PredictionUncertainty
{
    /// <summary>Shannon entropy -sum p ln p in nats, or divided by ln K when normalised: [0, 1]. 0 = sure.</summary>
    public static double? Entropy(ReadOnlySpan<double> probabilities, bool normalised = true)
    {
        if (!IsDistribution(probabilities))
            return null;
        var sum = 0.0;
        foreach (var p in probabilities)
            sum -= p > 0 ? p * Math.Log(p) : 0;
        return normalised ? (probabilities.Length == 1 ? 0 : Math.Clamp(sum / Math.Log(probabilities.Length), 0, 1)) : Math.Max(0, sum);
    }

    /// <summary>Difference between the two largest probabilities, in [0, 1]. Small = unsure. 1 for a single class.</summary>
    public static double? Margin(ReadOnlySpan<double> probabilities)
    {
        if (!IsDistribution(probabilities))
            return null;
        double first = 0,
            second = 0;
        foreach (var p in probabilities)
        {
            if (p > first)
                (first, second) = (p, first);
            else if (p > second)
                second = p;
        }

        return first - second;
    }

    /// <summary>1 - largest probability; times K / (K - 1) when normalised: [0, 1]. Large = unsure.</summary>
    public static double? LeastConfidence(ReadOnlySpan<double> probabilities, bool normalised = true)
    {
        if (!IsDistribution(probabilities))
            return null;
        var largest = 0.0;
        foreach (var p in probabilities)
            largest = Math.Max(largest, p);
        var value = 1 - largest;
        if (normalised)
            value = probabilities.Length == 1 ? 0 : value * probabilities.Length / (probabilities.Length - 1);
        return Math.Clamp(value, 0, 1);
    }

    private static bool IsDistribution(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            if (!(p >= 0 && p <= 1))
                return false;
            sum += p;
        }

        return Math.Abs(sum - 1) <= 0.01;
    }
}

/// <summary>
/// How concentrated the predictions of a window are: a model that suddenly answers one thing only is broken, however good each answer
/// looks.
/// </summary>
/// <param name="TopClass">Index of the most predicted class (the first among equals); -1 without predictions.</param>
/// <param name="TopShare">Its share of the predictions (Wilson).</param>
/// <param name="Entropy">Entropy of the shares divided by ln K, in [0, 1].</param>
/// <param name="EffectiveClasses">exp(entropy in nats): how many equally frequent classes would be as spread; 1 .. K.</param>
public readonly record struct PredictionConcentration(int TopClass, Estimate TopShare, Estimate Entropy, Estimate EffectiveClasses)
{
    /// <summary>From counts per class.</summary>
    /// <param name="counts">Predictions per class: every known class, also those never predicted.</param>
    /// <exception cref="ArgumentException">There is no class.</exception>
    public static PredictionConcentration Of(ReadOnlySpan<ulong> counts)
    {
        if (counts.IsEmpty)
            throw new ArgumentException("At least one class is needed.", nameof(counts));
        var total = 0.0;
        var top = 0;
        for (var k = 0; k < counts.Length; k++)
        {
            total += counts[k];
            top = counts[k] > counts[top] ? k : top;
        }

        if (total == 0)
        {
            var none = Estimate.Insufficient(0, null, "no predictions");
            return new PredictionConcentration(-1, none, none, none);
        }

        var entropy = 0.0;
        foreach (var count in counts)
            entropy -= count > 0 ? count / total * Math.Log(count / total) : 0;
        entropy = Math.Max(0, entropy);
        return new PredictionConcentration(
            top,
            Intervals.Wilson.Proportion(counts[top], total),
            Estimate.Of(counts.Length == 1 ? 0 : Math.Min(1, entropy / Math.Log(counts.Length)), (long)total),
            Estimate.Of(Math.Exp(entropy), (long)total)
        );
    }
}

/// <summary>Whether a score got stuck: a cache, a default or a broken feature shows as one exact value over and over.</summary>
/// <param name="Value">The most frequent exact score (the smallest among equals).</param>
/// <param name="Share">Its share of the rows (Wilson).</param>
/// <param name="LongestRun">Most rows in a row, in the order given, with one exact score.</param>
public readonly record struct StuckScore(double Value, Estimate Share, long LongestRun)
{
    /// <summary>From scores in order of time; null without scores.</summary>
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    public static StuckScore? Of(ReadOnlySpan<double> scores)
    {
        Require.Finite(scores);
        if (scores.IsEmpty)
            return null;
        long run = 0,
            longest = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            run = i > 0 && scores[i] == scores[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        var sorted = Sorting.Ascending(scores);
        long count = 0,
            most = 0;
        var value = sorted[0];
        for (var i = 0; i < sorted.Length; i++)
        {
            count = i > 0 && sorted[i] == sorted[i - 1] ? count + 1 : 1;
            if (count > most)
                (most, value) = (count, sorted[i]);
        }

        return new StuckScore(value, Intervals.Wilson.Proportion(most, scores.Length), longest);
    }
}
