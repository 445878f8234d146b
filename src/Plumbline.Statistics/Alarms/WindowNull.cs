namespace Plumbline.Statistics.Alarms;

/// <summary>The recent past that a null distribution needs to tell a shift from traffic that is always a little unlike yesterday's. Mutable; not safe for concurrent use.</summary>
public sealed class NullMemory
{
    internal NullMemory(int width) => Level = new double[width];

    internal double[] Level { get; }
}

/// <summary>
/// What windows without a shift look like, learned from windows: expectation by the calendar, variance beyond sampling per column, persistence from window to window, and the distribution of the
/// resulting scores. Shared by <see cref="BinnedNull"/> and <see cref="ScalarNull"/>. Immutable.
/// </summary>
internal sealed class WindowNull
{
    // A persistence must earn its place, as a seasonal pattern must.
    private const double WorthWhile = 0.01;

    private const double Unheard = 1e6;

    // Weight of a window without any variance: the expectation's own error, one over the weights, is then nothing.
    private const double Certain = 1e15;

    private readonly SeasonalCentre _centre;
    private readonly bool _isShares;
    private readonly int _width;
    private readonly double[] _marginal;
    private readonly double[] _conditional;
    private readonly ScoreTail _marginalTail;
    private readonly ScoreTail _conditionalTail;
    private readonly double _usual;
    private readonly double _forgetting;

    private WindowNull(ObservedWindows windows, SeasonalCentre centre, LeftOutDeviations left)
    {
        _centre = centre;
        (_isShares, _width, Windows) = (windows.IsShares, windows.Width, windows.Count);
        _marginal = left.ExtraVariance(left.Deviations);
        var scores = left.Scores(left.Deviations, _marginal);
        _marginalTail = new ScoreTail(scores, _width);
        _usual = _marginalTail.Quantile(0.99);
        (_forgetting, Persistence) = left.ChoosePersistence(scores, _usual, WorthWhile);
        var surprises = left.Surprises(scores, _usual, _forgetting, Persistence);
        _conditional = Persistence > 0 ? left.ExtraVariance(surprises) : _marginal;
        _conditionalTail = Persistence > 0 ? new ScoreTail(left.Scores(surprises, _conditional), _width) : _marginalTail;
        ExtraVariance = _marginal.Average();
    }

    public SeasonalPattern Pattern => _centre.Pattern;

    public int Windows { get; }

    public int Width => _width;

    /// <summary>Mean variance between windows beyond sampling.</summary>
    public double ExtraVariance { get; }

    /// <summary>Share of the recent deviation that the next window is expected to keep, 0 .. 1.</summary>
    public double Persistence { get; }

    public static WindowNull Learn(ObservedWindows windows, TimeSpan window)
    {
        var weights = Weights(windows);
        var centre = SeasonalCentre.Choose(windows, weights, window);
        return new WindowNull(windows, centre, new LeftOutDeviations(windows, weights, centre));
    }

    public (double PValue, double Statistic, double Squared, double Chance, double First) Judge(
        DateTimeOffset start, ReadOnlySpan<double> values, double noise, NullMemory memory)
    {
        if (memory.Level.Length != _width)
            throw new ArgumentException($"The memory is of {memory.Level.Length} columns, the null of {_width}.", nameof(memory));
        Span<double> centre = _width <= 128 ? stackalloc double[_width] : new double[_width];
        Span<double> deviations = _width <= 128 ? stackalloc double[_width] : new double[_width];
        var error = _centre.Expect(start, centre);
        ObservedWindows.Deviate(_isShares, values, noise, centre, deviations);
        double squared = 0, chance = 0;
        for (var b = 0; b < _width; b++)
        {
            squared += deviations[b] * deviations[b];
            chance += noise * ObservedWindows.Liveliness(_isShares, noise, centre[b]) + (centre[b] > 0 || !_isShares ? error : 0);
        }

        if (_isShares)
            chance *= (_width - 1.0) / _width;
        var first = deviations[0];
        var score = Score(deviations, centre, noise, error, _marginal, _isShares);
        var p = _marginalTail.PValue(score);
        if (Persistence == 0)
            return (p, score, squared, chance, first);
        // The window counts as surprising only if it is so both in itself and after its predecessors.
        for (var b = 0; b < _width; b++)
            deviations[b] -= Persistence * memory.Level[b];
        var conditional = Score(deviations, centre, noise, error, _conditional, _isShares);
        p = Math.Max(p, _conditionalTail.PValue(conditional));
        for (var b = 0; b < _width; b++)
            deviations[b] += Persistence * memory.Level[b];
        Remember(memory.Level, deviations, score, _usual, _forgetting);
        return (p, score, squared, chance, first);
    }

    /// <summary>Squared deviations over their expectation; every column counts by what it usually varies.</summary>
    internal static double Score(ReadOnlySpan<double> deviations, ReadOnlySpan<double> centre, double noise, double error, ReadOnlySpan<double> extra, bool isShares)
    {
        double sum = 0, expected = 0;
        for (var b = 0; b < deviations.Length; b++)
        {
            var full = noise + extra[b] + error;
            if (full <= 0)
            {
                // What never varied at all and now differs: nothing tells how surprising that is, but it is.
                (sum, expected) = (sum + (deviations[b] == 0 ? 0 : Unheard), expected + 1);
                continue;
            }

            sum += deviations[b] * deviations[b] / full;
            expected += (noise * ObservedWindows.Liveliness(isShares, noise, centre[b]) + extra[b] + error) / full;
        }

        return expected > 0 ? sum / expected : sum;
    }

    /// <summary>
    /// Exponential forgetting. A window further out than the learning windows went enters drawn in to where they ended: what has never happened is not taken as the new normal, so a shift stays
    /// surprising for as long as it lasts.
    /// </summary>
    internal static void Remember(double[] level, ReadOnlySpan<double> deviations, double score, double usual, double forgetting)
    {
        var shrink = score > usual && score > 0 ? Math.Sqrt(usual / score) : 1;
        for (var b = 0; b < level.Length; b++)
            level[b] = forgetting * level[b] + (1 - forgetting) * shrink * deviations[b];
    }

    // Windows count by 1 / (sampling variance + a first guess of the variance between windows).
    private static double[] Weights(ObservedWindows windows)
    {
        var equal = new double[windows.Count];
        Array.Fill(equal, 1.0);
        var mean = new double[windows.Width];
        for (var i = 0; i < windows.Count; i++)
        {
            for (var b = 0; b < mean.Length; b++)
                mean[b] += windows.Row(i)[b] / windows.Count;
        }

        var deviations = new double[windows.Width];
        double extra = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            ObservedWindows.Deviate(windows.IsShares, windows.Row(i), windows.Noise[i], mean, deviations);
            for (var b = 0; b < mean.Length; b++)
                extra += deviations[b] * deviations[b] - windows.Noise[i] * ObservedWindows.Liveliness(windows.IsShares, windows.Noise[i], mean[b]);
        }

        extra = Math.Max(0, extra / (windows.Count * (double)windows.Width));
        return Array.ConvertAll(windows.Noise, noise => noise + extra > 0 ? Math.Min(Certain, 1 / (noise + extra)) : Certain);
    }
}
