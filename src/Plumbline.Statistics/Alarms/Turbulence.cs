namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Surprises are larger after large deviations where traffic is far from its usual place (Engle's 1982 autoregressive heteroscedasticity,
/// in the score): the expected score given the last one, over the mean score, at least 1. The fitted slope is only believed when it is well
/// beyond noise; beyond the ordinary scores proportionality is assumed, because a history of persistent traffic holds few states that far
/// out, and what it says about the next step from there is a guess.
/// </summary>
internal readonly record struct Turbulence(double Base, double Slope, double Ordinary, double Limit)
{
    private const double Believable = 3;

    /// <summary>From the scores of the surprises and those of the deviations, in the order of time.</summary>
    public static Turbulence Of(double[] surprises, double[] deviations, double ordinary, double limit)
    {
        var n = surprises.Length - 1;
        double meanX = 0,
            meanY = 0;
        for (var i = 1; i <= n; i++)
        {
            meanX += Math.Min(limit, deviations[i - 1]) / n;
            meanY += Math.Min(limit, surprises[i]) / n;
        }

        double xx = 0,
            xy = 0,
            yy = 0;
        for (var i = 1; i <= n; i++)
        {
            var (x, y) = (Math.Min(limit, deviations[i - 1]) - meanX, Math.Min(limit, surprises[i]) - meanY);
            (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        }

        return xx > 0 && yy > 0 && xy / Math.Sqrt(xx * yy) * Math.Sqrt(n) > Believable && meanY > 0
            ? new Turbulence(1 - xy / xx * meanX / meanY, xy / xx / meanY, ordinary, limit)
            : new Turbulence(1, 0, ordinary, limit);
    }

    /// <summary>What the next score of a surprise is divided by.</summary>
    public double After(double lastScore)
    {
        var last = Math.Min(Limit, lastScore);
        return Math.Max(1, Math.Max(Base + Slope * last, last / Ordinary));
    }
}
