namespace Plumbline.Statistics.Alarms;

/// <summary>
/// How one coordinate remembers: level = forgetting x level + (1 - forgetting) x deviation, and the next deviation is expected to be share
/// x level.
/// </summary>
internal readonly record struct Persistence(double Forgetting, double Share);

/// <summary>
/// Deviations of the learning windows from what the windows of other days expect of them: out of sample, so that the error of the
/// expectation is in them as it will be in production. Coordinates are those of the <see cref="NaturalBasis"/>.
/// </summary>
internal sealed class LeftOutDeviations
{
    private static readonly double[] Forgettings = [0, 0.2, 0.4, 0.6, 0.75, 0.9];

    // A persistence must earn its place: by 1 % of the squared error of prediction, and by what chance gives in one of some thousand
    // coordinates (12 in chi-square with one degree of freedom).
    private const double WorthWhile = 0.01;
    private const double Chance = 12;

    // Windows' worth of belief that all coordinates have the same variance beyond sampling.
    private const double Sameness = 20;

    private readonly ObservedWindows _windows;
    private readonly double[] _weights;
    private readonly double[] _liveliness;
    private readonly double[] _errors;

    public LeftOutDeviations(ObservedWindows windows, double[] weights, SeasonalCentre centre)
    {
        (_windows, _weights) = (windows, weights);
        Deviations = new double[windows.Count * windows.Width];
        _liveliness = new double[Deviations.Length];
        _errors = new double[windows.Count];
        centre.LeaveDaysOut(
            windows,
            weights,
            (i, expected, error) =>
            {
                _errors[i] = error;
                ObservedWindows.Deviate(
                    windows.IsShares,
                    windows.Row(i),
                    windows.Noise[i],
                    expected,
                    Row(Deviations, i),
                    Row(_liveliness, i)
                );
            }
        );
        Basis = NaturalBasis.Of(Deviations, weights, windows.Width);
        for (var i = 0; i < windows.Count; i++)
            Basis.Turn(Row(Deviations, i), Row(_liveliness, i));
    }

    public NaturalBasis Basis { get; }

    public double[] Deviations { get; }

    private int Width => _windows.Width;

    /// <summary>
    /// Variance per coordinate beyond sampling and the error of the expectation, drawn towards the mean over coordinates: the more, the
    /// fewer independent windows there are, since traffic that was seen in few states only has not shown all directions it can take.
    /// </summary>
    public double[] ExtraVariance(double[] deviations, double independentWindows)
    {
        var extra = new double[Width];
        var total = 0.0;
        for (var i = 0; i < _windows.Count; i++)
        {
            total += _weights[i];
            for (var b = 0; b < Width; b++)
            {
                var at = i * Width + b;
                extra[b] += _weights[i] * (deviations[at] * deviations[at] - _windows.Noise[i] * _liveliness[at] - _errors[i]);
            }
        }

        for (var b = 0; b < Width; b++)
            extra[b] = Math.Max(0, extra[b] / total);
        var mean = extra.Average();
        for (var b = 0; b < Width; b++)
            extra[b] = (independentWindows * extra[b] + Sameness * mean) / (independentWindows + Sameness);
        return extra;
    }

    /// <summary>One over the variance of each window: sampling and what varies between windows beyond it.</summary>
    public double[] Weights(double largest)
    {
        var extra = 0.0;
        for (var i = 0; i < _windows.Count; i++)
        {
            for (var b = 0; b < Width; b++)
                extra += Square(Deviations[i * Width + b]) - _windows.Noise[i] * _liveliness[i * Width + b];
        }

        extra = Math.Max(0, extra / Deviations.Length);
        return Array.ConvertAll(_windows.Weighing, noise => noise + extra > 0 ? Math.Min(largest, 1 / (noise + extra)) : largest);
    }

    public double[] Scores(double[] deviations, double[] extra)
    {
        var scores = new double[_windows.Count];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = WindowNull.Score(Row(deviations, i), Row(_liveliness, i), _windows.Noise[i], _errors[i], extra);
        return scores;
    }

    /// <summary>For each coordinate the memory that predicts the next window best; a share of 0 where that gains too little.</summary>
    public Persistence[] ChoosePersistence(double[] scores, double usual)
    {
        var chosen = new Persistence[Width];
        var least = new double[Width];
        var sampling = new double[Width];
        var gain = Math.Max(WorthWhile, Chance / _windows.Count);
        Accumulate(
            scores,
            usual,
            0,
            (b, i, _) =>
            {
                least[b] += (1 - gain) * _weights[i] * Square(Deviations[i * Width + b]);
                sampling[b] += _weights[i] * _windows.Noise[i] * _liveliness[i * Width + b];
            }
        );
        var product = new double[Width];
        var square = new double[Width];
        var all = new double[Width];
        foreach (var forgetting in Forgettings)
        {
            Array.Clear(product);
            Array.Clear(square);
            Array.Clear(all);
            Accumulate(
                scores,
                usual,
                forgetting,
                (b, i, level) =>
                {
                    var deviation = Deviations[i * Width + b];
                    product[b] += _weights[i] * deviation * level;
                    square[b] += _weights[i] * level * level;
                    all[b] += _weights[i] * deviation * deviation;
                }
            );
            for (var b = 0; b < Width; b++)
            {
                var slope = square[b] > 0 ? Math.Clamp(product[b] / square[b], 0, 1) : 0;
                var loss = all[b] - 2 * slope * product[b] + slope * slope * square[b];
                // Shares add up to one: along the direction in which they cannot vary there is nothing to predict but rounding.
                if (slope > 0 && loss < least[b] && all[b] > sampling[b] / 2)
                    (chosen[b], least[b]) = (new Persistence(forgetting, slope), loss);
            }
        }

        return chosen;
    }

    /// <summary>Deviations minus what the past lets expect of them.</summary>
    public double[] Surprises(double[] scores, double usual, Persistence[] persistence)
    {
        var surprises = new double[Deviations.Length];
        var level = new double[Width];
        for (var i = 0; i < _windows.Count; i++)
        {
            for (var b = 0; b < Width; b++)
                surprises[i * Width + b] = Deviations[i * Width + b] - persistence[b].Share * level[b];
            WindowNull.Remember(level, Row(Deviations, i), scores[i], usual, persistence);
        }

        return surprises;
    }

    private void Accumulate(double[] scores, double usual, double forgetting, Action<int, int, double> use)
    {
        var level = new double[Width];
        var same = new Persistence[Width];
        Array.Fill(same, new Persistence(forgetting, 0));
        for (var i = 0; i < _windows.Count; i++)
        {
            for (var b = 0; b < Width; b++)
                use(b, i, level[b]);
            WindowNull.Remember(level, Row(Deviations, i), scores[i], usual, same);
        }
    }

    private Span<double> Row(double[] table, int i) => table.AsSpan(i * Width, Width);

    private static double Square(double x) => x * x;
}
