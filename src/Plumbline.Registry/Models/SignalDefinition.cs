namespace Plumbline.Registry.Models;

/// <summary>What the values of a business signal are, and so which number sums it up.</summary>
public enum SignalKind
{
    /// <summary>It happens or not: the share of predictions that it happened to (click, conversion, refund).</summary>
    Rate,

    /// <summary>A number per event: its mean (rating, basket).</summary>
    Mean,

    /// <summary>A number that adds up: its sum (revenue, tokens, cost).</summary>
    Sum,

    /// <summary>A time span in the unit given: its mean (time to resolve).</summary>
    Duration,
}

/// <summary>A business signal of a model.</summary>
/// <param name="Name">As in the events; 1..128 characters without control characters.</param>
/// <param name="Kind">Decides the number that is shown first.</param>
/// <param name="UpIsGood">True: a fall is bad; false: a rise is bad; null: a change either way may mean something.</param>
/// <param name="Unit">For display only.</param>
/// <param name="AttributionWindow">Signals later than this after their prediction are kept and counted, but not put down to it.</param>
/// <param name="Declared">False when it was seen and never declared.</param>
public sealed record SignalDefinition(string Name, SignalKind Kind, bool? UpIsGood, string Unit, TimeSpan AttributionWindow, bool Declared)
{
    /// <summary>Where none is declared.</summary>
    public static readonly TimeSpan DefaultAttributionWindow = TimeSpan.FromDays(7);

    /// <summary>The longest.</summary>
    public static readonly TimeSpan MaxAttributionWindow = TimeSpan.FromDays(90);

    /// <summary>A signal that came without being declared: taken for something that happens or not.</summary>
    public static SignalDefinition Seen(string name) => new(name, SignalKind.Rate, null, "", DefaultAttributionWindow, Declared: false);
}
