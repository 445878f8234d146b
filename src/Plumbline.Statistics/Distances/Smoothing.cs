namespace Plumbline.Statistics.Distances;

/// <summary>
/// How empty bins are treated where a logarithm would be infinite. Empty bins decide the value of PSI and KL, so the choice belongs beside
/// every stored number. The default value is <see cref="HalfCount"/>.
/// </summary>
public readonly record struct Smoothing
{
    private readonly Kind _kind;
    private readonly double _floor;

    private Smoothing(Kind kind, double floor)
    {
        _kind = kind;
        _floor = floor;
    }

    private enum Kind
    {
        HalfCount,
        None,
        Floor,
    }

    /// <summary>
    /// (count + 0.5) / (n + 0.5 B) on both sides, B = number of bins: the expected share under the Jeffreys prior. The default.
    /// </summary>
    public static Smoothing HalfCount => default;

    /// <summary>Raw shares; a bin that is empty on one side only makes the result <see cref="EstimateStatus.Undefined"/>.</summary>
    public static Smoothing None => new(Kind.None, 0);

    /// <summary>A share of exactly 0 is replaced by <paramref name="share"/>, without renormalising; other shares stay raw.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The floor is not inside (0, 1).</exception>
    public static Smoothing Floor(double share)
    {
        Require.OpenUnit(share);
        return new Smoothing(Kind.Floor, share);
    }

    internal double Share(double count, double total, int bins) =>
        _kind switch
        {
            Kind.HalfCount => (count + 0.5) / (total + 0.5 * bins),
            Kind.Floor when count == 0 => _floor,
            _ => count / total,
        };
}
