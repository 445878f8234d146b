namespace Plumbline.Statistics.Alarms;

/// <summary>
/// The recent past that a null distribution needs to tell a shift from traffic that is always a little unlike yesterday's. Mutable; not
/// safe for concurrent use.
/// </summary>
public sealed class NullMemory
{
    internal NullMemory(int width) => Level = new double[width];

    internal double[] Level { get; }

    internal double LastScore { get; set; }
}

/// <summary>
/// What windows without a shift look like, learned from windows: expectation by the calendar, variance beyond sampling per column,
/// persistence from window to window, and the distribution of the resulting scores. Shared by <see cref="BinnedNull"/> and
/// <see cref="ScalarNull"/>. Immutable.
/// </summary>
internal sealed class WindowNull
{
    private const double Unheard = 1e6;

    // Weight of a window without any variance: the expectation's own error, one over the weights, is then nothing.
    private const double Certain = 1e15;

    // A deviation that is rarer than this is not taken for the traffic's own wandering.
    private const double Unnatural = 1e-3;

    private readonly SeasonalCentre _centre;
    private readonly NaturalBasis _basis;
    private readonly bool _isShares;
    private readonly double[] _marginal;
    private readonly double[] _conditional;
    private readonly ScoreTail _marginalTail;
    private readonly ScoreTail _conditionalTail;
    private readonly Persistence[] _persistence;
    private readonly bool _isPersistent;
    private readonly double _usual;
    private readonly Turbulence _turbulence;

    private WindowNull(ObservedWindows windows, SeasonalCentre centre, LeftOutDeviations left)
    {
        (_centre, _basis) = (centre, left.Basis);
        (_isShares, Width, Windows) = (windows.IsShares, windows.Width, windows.Count);
        var first = left.Scores(left.Deviations, left.ExtraVariance(left.Deviations, windows.Count));
        var independent = windows.Count / new ScoreTail(first, Width).Time;
        _marginal = left.ExtraVariance(left.Deviations, independent);
        ExtraVariance = _marginal.Average();
        var scores = left.Scores(left.Deviations, _marginal);
        _marginalTail = new ScoreTail(scores, Width);
        _usual = _marginalTail.ScoreOf(Unnatural);
        _persistence = left.ChoosePersistence(scores, _usual);
        Persistence = _persistence.Max(p => p.Share);
        _isPersistent = Persistence > 0;
        (_conditional, _conditionalTail) = (_marginal, _marginalTail);
        if (!_isPersistent)
            return;
        var surprises = left.Surprises(scores, _usual, _persistence);
        _conditional = left.ExtraVariance(surprises, independent);
        var conditional = left.Scores(surprises, _conditional);
        _turbulence = Turbulence.Of(conditional, scores, _marginalTail.Ordinary, _usual);
        for (var i = 1; i < conditional.Length; i++)
            conditional[i] /= _turbulence.After(scores[i - 1]);
        _conditionalTail = new ScoreTail(conditional, Width);
    }

    public SeasonalPattern Pattern => _centre.Pattern;

    public int Windows { get; }

    public int Width { get; }

    /// <summary>Mean variance between windows beyond sampling.</summary>
    public double ExtraVariance { get; }

    /// <summary>Largest share of a recent deviation that the next window is expected to keep, 0 .. 1.</summary>
    public double Persistence { get; }

    public static WindowNull Learn(ObservedWindows windows, TimeSpan window)
    {
        var weights = Weights(windows);
        var centre = SeasonalCentre.Choose(windows, weights, window);
        // The first weights took the calendar's swings for noise; now that these are expected, once more with what is left.
        weights = new LeftOutDeviations(windows, weights, centre).Weights(Certain);
        centre = centre.Reweighted(windows, weights);
        return new WindowNull(windows, centre, new LeftOutDeviations(windows, weights, centre));
    }

    public (double PValue, double Statistic, double Squared, double Chance, double First) Evaluate(
        DateTimeOffset start,
        ReadOnlySpan<double> values,
        double noise,
        NullMemory memory
    )
    {
        if (memory.Level.Length != Width)
            throw new ArgumentException($"The memory is of {memory.Level.Length} columns, the null of {Width}.", nameof(memory));
        Span<double> centre = Width <= 128 ? stackalloc double[Width] : new double[Width];
        Span<double> deviations = Width <= 128 ? stackalloc double[Width] : new double[Width];
        Span<double> lively = Width <= 128 ? stackalloc double[Width] : new double[Width];
        var error = _centre.Expect(start, centre);
        ObservedWindows.Deviate(_isShares, values, noise, centre, deviations, lively);
        double squared = 0,
            chance = 0;
        for (var b = 0; b < Width; b++)
        {
            squared += deviations[b] * deviations[b];
            chance += noise * lively[b] + (centre[b] > 0 || !_isShares ? error : 0);
        }

        if (_isShares)
            chance *= (Width - 1.0) / Width;
        var first = deviations[0];
        _basis.Turn(deviations, lively);
        var score = Score(deviations, lively, noise, error, _marginal);
        var p = _marginalTail.PValue(score);
        if (_isPersistent)
            p = Math.Max(p, AfterThePast(deviations, lively, noise, error, memory));
        Remember(memory.Level, deviations, score, _usual, _persistence);
        memory.LastScore = score;
        return (p, score, squared, chance, first);
    }

    /// <summary>Squared deviations over their expectation; every coordinate counts by what it usually varies.</summary>
    internal static double Score(
        ReadOnlySpan<double> deviations,
        ReadOnlySpan<double> lively,
        double noise,
        double error,
        ReadOnlySpan<double> extra
    )
    {
        double sum = 0,
            expected = 0;
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
            expected += (noise * lively[b] + extra[b] + error) / full;
        }

        return expected > 0 ? sum / expected : sum;
    }

    /// <summary>
    /// Exponential forgetting. A window further out than wandering is thought to go enters drawn in to there: what never happens is not
    /// taken as the new normal, so a large shift stays surprising for as long as it lasts.
    /// </summary>
    internal static void Remember(
        Span<double> level,
        ReadOnlySpan<double> deviations,
        double score,
        double usual,
        ReadOnlySpan<Persistence> persistence
    )
    {
        var shrink = score > usual && score > 0 ? Math.Sqrt(usual / score) : 1;
        for (var b = 0; b < level.Length; b++)
            level[b] = persistence[b].Forgetting * level[b] + (1 - persistence[b].Forgetting) * shrink * deviations[b];
    }

    // A window counts as surprising only if it is so both in itself and after its predecessors.
    private double AfterThePast(ReadOnlySpan<double> deviations, ReadOnlySpan<double> lively, double noise, double error, NullMemory memory)
    {
        Span<double> surprises = Width <= 128 ? stackalloc double[Width] : new double[Width];
        for (var b = 0; b < Width; b++)
            surprises[b] = deviations[b] - _persistence[b].Share * memory.Level[b];
        return _conditionalTail.PValue(Score(surprises, lively, noise, error, _conditional) / _turbulence.After(memory.LastScore));
    }

    // Windows count by 1 / (sampling variance + a first guess of the variance between windows).
    private static double[] Weights(ObservedWindows windows)
    {
        var mean = new double[windows.Width];
        for (var i = 0; i < windows.Count; i++)
        {
            for (var b = 0; b < mean.Length; b++)
                mean[b] += windows.Row(i)[b] / windows.Count;
        }

        var deviations = new double[windows.Width];
        var lively = new double[windows.Width];
        double extra = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            ObservedWindows.Deviate(windows.IsShares, windows.Row(i), windows.Noise[i], mean, deviations, lively);
            for (var b = 0; b < mean.Length; b++)
                extra += deviations[b] * deviations[b] - windows.Noise[i] * lively[b];
        }

        extra = Math.Max(0, extra / (windows.Count * (double)windows.Width));
        return Array.ConvertAll(windows.Weighing, noise => noise + extra > 0 ? Math.Min(Certain, 1 / (noise + extra)) : Certain);
    }
}
