namespace Plumbline.Registry.Scheduling;

/// <summary>How long to wait before something that failed is tried again: it doubles with each failure, up to a longest pause.</summary>
/// <param name="First">The pause after the first failure; more than zero.</param>
/// <param name="Longest">No pause is longer, the first one neither.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>
    /// The share of a pause, 0..1, that <see cref="After(int, double)"/> may take off, so that many who failed together do not come back
    /// together.
    /// </summary>
    public double Spread { get; init; }

    /// <summary>The pause after so many failures, without a spread; zero when there were none.</summary>
    /// <param name="failures">Failures one after the other; any number.</param>
    public TimeSpan After(int failures)
    {
        if (failures <= 0)
            return TimeSpan.Zero;
        // As floating point, which grows past any longest pause without overflowing; powers of two are exact in it.
        var ticks = First.Ticks * Math.Pow(2, failures - 1);
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }

    /// <summary>The same less a part of <see cref="Spread"/>.</summary>
    /// <param name="failures">Failures one after the other; any number.</param>
    /// <param name="draw">Which part, 0..1: of a seeded source, or of a hash of what failed.</param>
    public TimeSpan After(int failures, double draw) => After(failures) * (1 - (Spread * draw));
}
