namespace Plumbline.Statistics;

/// <summary>A two-sided interval. Both ends are finite and <see cref="Lower"/> is not above <see cref="Upper"/>.</summary>
/// <param name="Lower">Lower end, in the unit of the estimated quantity.</param>
/// <param name="Upper">Upper end, in the unit of the estimated quantity.</param>
public readonly record struct Interval(double Lower, double Upper)
{
    /// <summary>Upper end minus lower end.</summary>
    public double Width => Upper - Lower;

    /// <summary>True when <paramref name="value"/> lies in the closed interval.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    /// <summary>
    /// The part of the interval inside [<paramref name="minimum"/>, <paramref name="maximum"/>]: for quantities with a known range.
    /// </summary>
    public Interval Clip(double minimum, double maximum) => new(Math.Clamp(Lower, minimum, maximum), Math.Clamp(Upper, minimum, maximum));
}
