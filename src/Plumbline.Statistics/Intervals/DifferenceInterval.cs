namespace Plumbline.Statistics.Intervals;

/// <summary>
/// The interval of a difference of two independent estimates from the interval of each (MOVER: Zou and Donner 2008). For two proportions
/// with Wilson's intervals it is Newcombe's hybrid score interval (Newcombe 1998, method 10).
/// </summary>
public static class DifferenceInterval
{
    /// <summary>
    /// <paramref name="first"/> minus <paramref name="second"/> with its interval, of the level that both intervals have. Insufficient
    /// when one of them has no value; without an interval when one of them has none.
    /// </summary>
    public static Estimate Of(Estimate first, Estimate second)
    {
        if (first.Value is not { } a || second.Value is not { } b)
            return Estimate.Insufficient(first.N, second.N, first.Reason ?? second.Reason ?? "one side has no value");
        var difference = Estimate.Of(a - b, first.N, second.N);
        if (first is not { Lower: { } lowerA, Upper: { } upperA } || second is not { Lower: { } lowerB, Upper: { } upperB })
            return difference;
        return difference.With(new Interval(a - b - double.Hypot(a - lowerA, upperB - b), a - b + double.Hypot(upperA - a, b - lowerB)));
    }
}
