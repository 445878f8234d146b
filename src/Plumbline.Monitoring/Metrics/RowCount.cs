using Plumbline.Statistics.Probability;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Rows, and those among them that a share counts.</summary>
/// <param name="Rows">Not negative.</param>
/// <param name="Hits">0 .. <paramref name="Rows"/>.</param>
public readonly record struct RowCount(long Rows, long Hits)
{
    /// <summary>A difference that chance makes more often than this is none.</summary>
    private const double SurePValue = 1e-5;

    /// <summary>0..1; not a number without rows.</summary>
    public double Share => (double)Hits / Rows;

    /// <summary>The rows that the share does not count.</summary>
    public RowCount Misses => this with { Hits = Rows - Hits };

    /// <summary>Behind a point of a share of rows that has a value.</summary>
    public static RowCount Of(MetricPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new(point.N, Math.Clamp((long)Math.Round(point.Value!.Value * point.N), 0, point.N));
    }

    /// <summary>Whether this share is larger than another of other rows, and not by chance.</summary>
    public bool IsSurelyMoreThan(RowCount other) =>
        other.Rows > 0 && TwoShares.PValueOfMore(Hits, Rows, other.Hits, other.Rows) < SurePValue;

    /// <summary>Of both.</summary>
    public static RowCount operator +(RowCount one, RowCount other) => new(one.Rows + other.Rows, one.Hits + other.Hits);

    /// <summary>What is left of all rows without some of them.</summary>
    public static RowCount operator -(RowCount all, RowCount some)
    {
        var rows = Math.Max(0, all.Rows - some.Rows);
        return new(rows, Math.Clamp(all.Hits - some.Hits, 0, rows));
    }
}
