using Plumbline.Statistics.Binning;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// How true losses lie around predicted ones, from rows of the reference that the trees had not seen. Three errors of a mean of predicted
/// losses come from here: the <i>level</i> (trees whose guesses are cut at 0 say too much: where that is beyond chance, predicted losses
/// are multiplied so that those of the held-out rows add up to the true ones), what is not known of the level (Bayesian bootstrap, Rubin
/// 1981, over those rows: one large error in the reference moves every later estimate the same way), and the losses of the window's own
/// rows, drawn from those of held-out rows with a similar guess. Squared errors are skew, so intervals are of drawn outcomes: around a
/// normal law with the spread of the fold models alone, intervals of the root mean squared error held 86 to 93 % instead of 95 %.
/// Immutable.
/// </summary>
internal sealed class LossNoise
{
    private const int Draws = 200;
    private const int MostStrata = 20;
    private const int LeastInStratum = 30;

    // Which outcomes are drawn does not depend on the window: the same rows have the same interval.
    private const ulong Seed = 20_261_129;

    private readonly double _absoluteScale;
    private readonly double _squareScale;
    private readonly double[] _absoluteLevels;
    private readonly double[] _squareLevels;
    private readonly double[] _thresholds;
    private readonly (double Absolute, double Square)[][] _strata;
    private readonly (double Absolute, double Square)[] _means;
    private readonly (double Absolute, double Square)[] _inverses;

    private LossNoise(
        (double Absolute, double Square) scale,
        double[] absoluteLevels,
        double[] squareLevels,
        double[] thresholds,
        (double Absolute, double Square)[][] strata
    )
    {
        (_absoluteScale, _squareScale) = scale;
        (_absoluteLevels, _squareLevels, _thresholds, _strata) = (absoluteLevels, squareLevels, thresholds, strata);
        _means = [.. strata.Select(losses => (losses.Average(loss => loss.Absolute), losses.Average(loss => loss.Square)))];
        _inverses = Array.ConvertAll(_means, mean => (mean.Absolute > 0 ? 1 / mean.Absolute : 0, mean.Square > 0 ? 1 / mean.Square : 0));
    }

    /// <summary>Learns from true losses and what models without these rows predicted for them.</summary>
    public static LossNoise Of(double[] absolute, double[] square, double[] guessedAbsolute, double[] guessedSquare, RandomSource random)
    {
        var scale = (Absolute: Ratio(absolute, guessedAbsolute), Square: Ratio(square, guessedSquare));
        var (absoluteLevels, squareLevels) = (new double[Draws], new double[Draws]);
        for (var d = 0; d < Draws; d++)
        {
            double a = 0,
                s = 0,
                ga = 0,
                gs = 0;
            for (var i = 0; i < absolute.Length; i++)
            {
                var weight = -Math.Log(1 - random.NextDouble());
                (a, s, ga, gs) = (
                    a + weight * absolute[i],
                    s + weight * square[i],
                    ga + weight * guessedAbsolute[i],
                    gs + weight * guessedSquare[i]
                );
            }

            absoluteLevels[d] = ga > 0 && a > 0 ? Math.Log(a / ga / scale.Absolute) : 0;
            squareLevels[d] = gs > 0 && s > 0 ? Math.Log(s / gs / scale.Square) : 0;
        }

        scale = (IfBeyondChance(scale.Absolute, absoluteLevels), IfBeyondChance(scale.Square, squareLevels));

        var order = Enumerable.Range(0, absolute.Length).ToArray();
        Array.Sort([.. guessedSquare], order);
        var strata = Math.Clamp(absolute.Length / LeastInStratum, 1, MostStrata);
        var members = order
            .Select((row, position) => (row, Stratum: (int)((long)position * strata / order.Length)))
            .GroupBy(pair => pair.Stratum, pair => pair.row)
            .ToList();
        return new LossNoise(
            scale,
            absoluteLevels,
            squareLevels,
            [.. members.Skip(1).Select(group => guessedSquare[group.First()])],
            [.. members.Select(group => group.Select(row => (absolute[row], square[row])).ToArray())]
        );
    }

    /// <summary>Mean losses of some rows as they may turn out, from the losses predicted for them.</summary>
    /// <param name="absolute">Predicted absolute errors; not empty.</param>
    /// <param name="square">Predicted squared errors of the same rows.</param>
    /// <param name="absoluteVariance">Variance of the mean of <paramref name="absolute"/> between models that lack a fold.</param>
    /// <param name="squareVariance">The same of <paramref name="square"/>.</param>
    public (DrawnLoss Absolute, DrawnLoss Square) Draw(double[] absolute, double[] square, double absoluteVariance, double squareVariance)
    {
        // In an order of their own, so that the order in which rows are read makes no difference.
        (absolute, square) = ([.. absolute], [.. square]);
        Array.Sort(square, absolute);
        var strata = StrataOf(square);
        var absolutes = new LossDraws(_absoluteScale * absolute.Average(), strata.Sum(at => _means[at].Absolute), Draws);
        var squares = new LossDraws(_squareScale * square.Average(), strata.Sum(at => _means[at].Square), Draws);
        var (scaleAbsolute, scaleSquare) = (_absoluteScale / strata.Length, _squareScale / strata.Length);
        var random = new RandomSource(Seed);
        for (var d = 0; d < Draws; d++)
        {
            double a = 0,
                s = 0,
                relativeA = 0,
                relativeS = 0;
            for (var i = 0; i < strata.Length; i++)
            {
                var at = strata[i];
                var (lossAbsolute, lossSquare) = _strata[at][(int)(random.NextDouble() * _strata[at].Length)];
                a += lossAbsolute;
                s += lossSquare;
                relativeA += absolute[i] * lossAbsolute * _inverses[at].Absolute;
                relativeS += square[i] * lossSquare * _inverses[at].Square;
            }

            absolutes.Add(d, a, scaleAbsolute * relativeA);
            squares.Add(d, s, scaleSquare * relativeS);
        }

        return (
            new DrawnLoss(absolutes, Levels(_absoluteLevels, absolute.Average(), absoluteVariance), square.Length),
            new DrawnLoss(squares, Levels(_squareLevels, square.Average(), squareVariance), square.Length)
        );
    }

    private int[] StrataOf(double[] square)
    {
        var strata = new int[square.Length];
        for (var i = 0; i < strata.Length; i++)
        {
            while (strata[i] < _thresholds.Length && square[i] >= _thresholds[strata[i]])
                strata[i]++;
        }

        return strata;
    }

    // Where the models without a fold differ by more than the level's own uncertainty, they know less of these rows than of the reference
    // as a whole.
    private static double[] Levels(double[] levels, double mean, double variance)
    {
        var own = levels.Average(level => level * level);
        var stretch = mean > 0 && own > 0 ? Math.Sqrt(Math.Max(1, variance / (mean * mean) / own)) : 1;
        return Array.ConvertAll(levels, level => Math.Exp(stretch * level));
    }

    private static double IfBeyondChance(double scale, double[] levels) =>
        Math.Abs(Math.Log(scale)) > 2 * Math.Sqrt(levels.Average(level => level * level)) ? scale : 1;

    private static double Ratio(double[] losses, double[] guesses)
    {
        var (truth, guess) = (losses.Sum(), guesses.Sum());
        return truth > 0 && guess > 0 ? Math.Clamp(truth / guess, 0.5, 2) : 1;
    }
}

/// <summary>
/// Mean losses drawn in two ways, since neither is right for all errors: losses of similar rows as they are (a window without the one large
/// error in a thousand), and those losses relative to their mean, times what is predicted for the row (rows within a stratum differ).
/// </summary>
internal sealed class LossDraws(double value, double expectedSum, int draws)
{
    // The draws' own mean is the strata's; the estimate's is what the trees say of these very rows.
    private readonly double _factor = expectedSum > 0 ? value / expectedSum : 0;

    public double Value => value;

    public double[] AsTheyAre { get; } = new double[draws];

    public double[] Relative { get; } = new double[draws];

    public void Add(int draw, double sum, double relative) => (AsTheyAre[draw], Relative[draw]) = (_factor * sum, relative);
}

/// <summary>A mean loss: the estimate, what it turned out to be in draws, and the factors by which its level may be off.</summary>
internal readonly record struct DrawnLoss(LossDraws Draws, double[] Levels, int Rows)
{
    /// <summary>The metric that is <paramref name="of"/> the mean loss. Its interval holds those of both kinds of draws.</summary>
    public EstimatedMetric Metric(Func<double, double> of)
    {
        var (draws, levels) = (Draws, Levels);
        var value = of(draws.Value);
        var asTheyAre = Interval(draws.AsTheyAre);
        var relative = Interval(draws.Relative);
        var interval = new Interval(
            Math.Min(value, Math.Min(asTheyAre.Lower, relative.Lower)),
            Math.Max(value, Math.Max(asTheyAre.Upper, relative.Upper))
        );
        var sampling = Math.Max(Deviation(draws.AsTheyAre.Select(of), value), Deviation(draws.Relative.Select(of), value));
        return EstimatedMetric.Drawn(value, Rows, sampling, Deviation(levels.Select(level => of(draws.Value * level)), value), interval);

        Interval Interval(double[] drawn)
        {
            double[] outcomes = [.. drawn.Zip(levels, (loss, level) => of(loss * level))];
            Array.Sort(outcomes);
            return new Interval(Quantile.OfSorted(outcomes, 0.025), Quantile.OfSorted(outcomes, 0.975));
        }
    }

    private static double Deviation(IEnumerable<double> values, double around) =>
        Math.Sqrt(values.Average(value => (value - around) * (value - around)));
}
