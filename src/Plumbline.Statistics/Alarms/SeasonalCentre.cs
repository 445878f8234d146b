namespace Plumbline.Statistics.Alarms;

/// <summary>
/// What is expected of a window at its time: the mean of the windows in its slot of the calendar, drawn towards the mean of all (an
/// empirical-Bayes compromise: a slot with few windows says little). Pattern and strength of the pull are those that predict whole left-out
/// days best.
/// </summary>
internal sealed class SeasonalCentre
{
    private static readonly double[] Pulls = [0.1, 0.5, 2];

    // A richer pattern must earn its place: by this share of the squared error of prediction.
    private const double WorthWhile = 0.005;

    private readonly int _width;
    private readonly double[] _sums;
    private readonly double[] _weights;
    private readonly double[] _all;
    private readonly double _allWeight;
    private readonly double _pull;

    private SeasonalCentre(SeasonalPattern pattern, double pull, ObservedWindows windows, ReadOnlySpan<double> weights)
    {
        Pattern = pattern;
        _width = windows.Width;
        _pull = pattern == SeasonalPattern.None ? 0 : pull;
        var slots = SeasonalSlots.Count(pattern);
        _sums = new double[slots * _width];
        _weights = new double[slots];
        _all = new double[_width];
        for (var i = 0; i < windows.Count; i++)
        {
            var slot = SeasonalSlots.Of(pattern, windows.Starts[i]);
            Add(slot, windows.Row(i), weights[i]);
            _weights[slot] += weights[i];
            _allWeight += weights[i];
        }

        MeanWeight = _allWeight / windows.Count;
    }

    public SeasonalPattern Pattern { get; }

    private double MeanWeight { get; }

    public static SeasonalCentre Choose(ObservedWindows windows, double[] weights, TimeSpan window)
    {
        SeasonalCentre? best = null;
        var least = double.PositiveInfinity;
        var history = windows.Starts[^1] - windows.Starts[0] + window;
        foreach (var pattern in SeasonalSlots.Candidates(window, history))
        {
            foreach (var pull in pattern == SeasonalPattern.None ? [0.0] : Pulls)
            {
                var candidate = new SeasonalCentre(pattern, pull, windows, weights);
                var loss = candidate.LeftOutLoss(windows, weights);
                if (best is not null && !(loss < least * (1 - WorthWhile)))
                    continue;
                (best, least) = (candidate, loss);
            }
        }

        return best!;
    }

    /// <summary>The same pattern and pull with other weights of the windows.</summary>
    public SeasonalCentre Reweighted(ObservedWindows windows, double[] weights) => new(Pattern, _pull, windows, weights);

    /// <summary>The expectation at a time, and the variance of its own error.</summary>
    public double Expect(DateTimeOffset start, Span<double> centre)
    {
        var slot = SeasonalSlots.Of(Pattern, start);
        return Expect(slot, centre);
    }

    /// <summary>Calls for each window with what the windows of the other days expect of it.</summary>
    public void LeaveDaysOut(ObservedWindows windows, ReadOnlySpan<double> weights, Action<int, double[], double> use)
    {
        var centre = new double[_width];
        // One day in all: nothing would be left; then a window is predicted from the others.
        var oneDay = SeasonalSlots.Day(windows.Starts[0]) == SeasonalSlots.Day(windows.Starts[^1]);
        for (int first = 0, end; first < windows.Count; first = end)
        {
            end = first + 1;
            while (!oneDay && end < windows.Count && SeasonalSlots.Day(windows.Starts[end]) == SeasonalSlots.Day(windows.Starts[first]))
                end++;
            var total = Take(windows, weights, first, end, -1);
            for (var i = first; i < end; i++)
                use(i, centre, Expect(SeasonalSlots.Of(Pattern, windows.Starts[i]), centre, _allWeight + total));
            Take(windows, weights, first, end, 1);
        }
    }

    private double Take(ObservedWindows windows, ReadOnlySpan<double> weights, int first, int end, int sign)
    {
        var total = 0.0;
        for (var i = first; i < end; i++)
        {
            var slot = SeasonalSlots.Of(Pattern, windows.Starts[i]);
            Add(slot, windows.Row(i), sign * weights[i]);
            _weights[slot] += sign * weights[i];
            total += sign * weights[i];
        }

        return total;
    }

    private void Add(int slot, ReadOnlySpan<double> row, double weight)
    {
        for (var b = 0; b < _width; b++)
        {
            _sums[slot * _width + b] += weight * row[b];
            _all[b] += weight * row[b];
        }
    }

    private double Expect(int slot, Span<double> centre) => Expect(slot, centre, _allWeight);

    private double Expect(int slot, Span<double> centre, double allWeight)
    {
        if (Pattern == SeasonalPattern.None)
        {
            for (var b = 0; b < _width; b++)
                centre[b] = _sums.Length == _width && allWeight > 0 ? _all[b] / allWeight : 0;
            Bound(centre);
            return allWeight > 0 ? 1 / allWeight : 0;
        }

        var prior = _pull * MeanWeight;
        var weight = Math.Max(0, _weights[slot]);
        for (var b = 0; b < _width; b++)
            centre[b] = (_sums[slot * _width + b] + prior * _all[b] / allWeight) / (weight + prior);
        Bound(centre);
        return 1 / (weight + prior);
    }

    // Adding and taking away leaves rounding errors; a share of -1e-18 has no root. Values (width 1) may be negative.
    private void Bound(Span<double> centre)
    {
        for (var b = 0; _width > 1 && b < centre.Length; b++)
            centre[b] = Math.Max(0, centre[b]);
    }

    private double LeftOutLoss(ObservedWindows windows, double[] weights)
    {
        var scale = new double[_width];
        for (var b = 0; b < _width; b++)
            scale[b] = windows.IsShares ? 1 / (_all[b] / _allWeight + 1e-4) : 1;
        var loss = 0.0;
        LeaveDaysOut(
            windows,
            weights,
            (i, centre, _) =>
            {
                var row = windows.Row(i);
                var sum = 0.0;
                for (var b = 0; b < row.Length; b++)
                    sum += (row[b] - centre[b]) * (row[b] - centre[b]) * scale[b];
                loss += weights[i] * sum;
            }
        );
        return loss;
    }
}
