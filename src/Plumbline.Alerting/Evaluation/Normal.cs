using Plumbline.Statistics.Alarms;
using Plumbline.Statistics.Probability;

namespace Plumbline.Alerting.Evaluation;

/// <summary>What is normal of one stream, with the recent past that it needs to tell a shift from how the traffic wanders.</summary>
internal sealed class Normal
{
    /// <summary>Spread between windows that few windows start from, as a part of the effect that matters.</summary>
    private const double PriorOfFloor = 0.25;

    private const double Unsurprising = 0.5;

    /// <summary>How long a number was at a level before it went to another, and since, for that to be its normal.</summary>
    private static readonly (TimeSpan Before, TimeSpan Since) OfALevel = (TimeSpan.FromDays(1), TimeSpan.FromDays(2));

    /// <summary>A calendar cannot be learned from less: until then, what has been seen at any hour is expected at every hour.</summary>
    private static readonly TimeSpan Calendar = TimeSpan.FromDays(4);

    private readonly ScalarNull? _many;
    private readonly FewWindowsNull? _few;
    private readonly NullMemory? _memory;
    private readonly WindowValue? _whole;
    private readonly double _low;
    private readonly double _high;

    private Normal(
        IReadOnlyList<WindowValue> windows,
        TimeSpan length,
        Func<double, double> floor,
        bool knowsCalendar,
        LearnedWindow? whole
    )
    {
        _whole = whole?.ToValue();
        Mean = windows.Average(window => window.Value);
        _many = ScalarNull.Learn(windows, length);
        _memory = _many?.NewMemory();
        _few = _many is null ? FewWindowsNull.Learn(windows, PriorOfFloor * floor(Mean)) : null;
        (_low, _high) = knowsCalendar
            ? (double.NaN, double.NaN)
            : (windows.Min(window => window.Value), windows.Max(window => window.Value));
    }

    /// <summary>Mean of the windows that it was learned from.</summary>
    public double Mean { get; }

    /// <summary>Learns from windows of a stream; what lies far from all others at its hour is left out.</summary>
    /// <param name="windows">At least two.</param>
    /// <param name="length">Length of these windows.</param>
    /// <param name="floor">The effect that matters, at a mean: few windows start from a part of it.</param>
    /// <param name="mayShift">Whether a change of level within the windows is no matter of the calendar: then the last is normal.</param>
    /// <param name="whole">A reference without windows: its one value. What is as it was there is no surprise, however lucky the first days
    /// were.</param>
    public static Normal Learn(
        IReadOnlyList<LearnedWindow> windows,
        TimeSpan length,
        Func<double, double> floor,
        bool mayShift,
        LearnedWindow? whole = null
    )
    {
        IReadOnlyList<WindowValue> values = [.. windows.Select(window => window.ToValue())];
        if (mayShift && length < TimeSpan.FromDays(1))
            values = LevelShift.Since(values, length, (int)(OfALevel.Before / length), (int)(OfALevel.Since / length));
        var knowsCalendar =
            length >= TimeSpan.FromDays(1) || values.Max(window => window.Start) - values.Min(window => window.Start) + length >= Calendar;
        return new Normal(knowsCalendar ? OutlyingWindows.Without(values) : values, length, floor, knowsCalendar, whole);
    }

    /// <summary>Judges the next window and remembers it.</summary>
    public WindowSurprise Evaluate(LearnedWindow learned, SurpriseSide side)
    {
        var window = learned.ToValue();
        var seen = _many is not null ? _many.Evaluate(window, _memory!, side) : _few!.Evaluate(window, side);
        var least = window.Value >= _low && window.Value <= _high ? Unsurprising : AgainstWhole(window, side);
        return seen.PValue < least ? seen with { PValue = least } : seen;
    }

    private double AgainstWhole(WindowValue window, SurpriseSide side)
    {
        if (_whole is not { } whole)
            return 0;
        var spread = _many?.Spread ?? _few!.Spread;
        var error = Math.Sqrt(spread * spread + whole.StandardError * whole.StandardError + window.StandardError * window.StandardError);
        var z = error > 0 ? (window.Value - whole.Value) / error : Math.Sign(window.Value - whole.Value) * double.MaxValue;
        return side switch
        {
            SurpriseSide.Above => Tails.Normal(z),
            SurpriseSide.Below => Tails.Normal(-z),
            _ => Tails.NormalTwoSided(z),
        };
    }
}
