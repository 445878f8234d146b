namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Deviations of the learning windows from what the windows of other days expect of them: out of sample, so that the error of the expectation is in them as it will be in production.
/// </summary>
internal sealed class LeftOutDeviations
{
    private static readonly double[] Forgettings = [0, 0.5, 0.75, 0.9];

    private readonly ObservedWindows _windows;
    private readonly double[] _weights;
    private readonly double[] _centres;
    private readonly double[] _errors;

    public LeftOutDeviations(ObservedWindows windows, double[] weights, SeasonalCentre centre)
    {
        (_windows, _weights) = (windows, weights);
        Deviations = new double[windows.Count * windows.Width];
        _centres = new double[Deviations.Length];
        _errors = new double[windows.Count];
        centre.LeaveDaysOut(windows, weights, (i, expected, error) =>
        {
            var at = i * windows.Width;
            _errors[i] = error;
            expected.CopyTo(_centres, at);
            ObservedWindows.Deviate(windows.IsShares, windows.Row(i), windows.Noise[i], expected, Deviations.AsSpan(at, windows.Width));
        });
    }

    public double[] Deviations { get; }

    private int Width => _windows.Width;

    /// <summary>Variance per column beyond sampling and the error of the expectation; half its own, half the mean over columns, since one column's estimate is noisy.</summary>
    public double[] ExtraVariance(double[] deviations)
    {
        var extra = new double[Width];
        var total = 0.0;
        for (var i = 0; i < _windows.Count; i++)
        {
            total += _weights[i];
            for (var b = 0; b < Width; b++)
            {
                var at = i * Width + b;
                var sampling = _windows.Noise[i] * ObservedWindows.Liveliness(_windows.IsShares, _windows.Noise[i], _centres[at]);
                extra[b] += _weights[i] * (deviations[at] * deviations[at] - sampling - _errors[i]);
            }
        }

        for (var b = 0; b < Width; b++)
            extra[b] = Math.Max(0, extra[b] / total);
        var mean = extra.Average();
        for (var b = 0; b < Width; b++)
            extra[b] = (extra[b] + mean) / 2;
        return extra;
    }

    public double[] Scores(double[] deviations, double[] extra)
    {
        var scores = new double[_windows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var at = i * Width;
            scores[i] = WindowNull.Score(
                deviations.AsSpan(at, Width), _centres.AsSpan(at, Width), _windows.Noise[i], _errors[i], extra, _windows.IsShares);
        }

        return scores;
    }

    /// <summary>The exponentially forgotten past and the share of it that predict the next window best; (0, 0) when that gains too little.</summary>
    public (double Forgetting, double Share) ChoosePersistence(double[] scores, double usual, double worthWhile)
    {
        var (best, share, least) = (0.0, 0.0, (1 - worthWhile) * Square(Deviations));
        foreach (var forgetting in Forgettings)
        {
            double product = 0, square = 0;
            Walk(scores, usual, forgetting, (i, level) =>
            {
                for (var b = 0; b < Width; b++)
                {
                    product += _weights[i] * Deviations[i * Width + b] * level[b];
                    square += _weights[i] * level[b] * level[b];
                }
            });
            var slope = square > 0 ? Math.Clamp(product / square, 0, 1) : 0;
            var loss = Square(Surprises(scores, usual, forgetting, slope));
            if (slope > 0 && loss < least)
                (best, share, least) = (forgetting, slope, loss);
        }

        return (best, share);
    }

    /// <summary>Deviations minus what the past lets expect of them.</summary>
    public double[] Surprises(double[] scores, double usual, double forgetting, double share)
    {
        if (share == 0)
            return Deviations;
        var surprises = new double[Deviations.Length];
        Walk(scores, usual, forgetting, (i, level) =>
        {
            for (var b = 0; b < Width; b++)
                surprises[i * Width + b] = Deviations[i * Width + b] - share * level[b];
        });
        return surprises;
    }

    private void Walk(double[] scores, double usual, double forgetting, Action<int, double[]> use)
    {
        var level = new double[Width];
        for (var i = 0; i < _windows.Count; i++)
        {
            use(i, level);
            WindowNull.Remember(level, Deviations.AsSpan(i * Width, Width), scores[i], usual, forgetting);
        }
    }

    private double Square(double[] deviations)
    {
        var sum = 0.0;
        for (var i = 0; i < _windows.Count; i++)
        {
            for (var b = 0; b < Width; b++)
                sum += _weights[i] * deviations[i * Width + b] * deviations[i * Width + b];
        }

        return sum;
    }
}
