using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Charts;

/// <summary>The text summaries of charts, for everyone who does not see the picture.</summary>
public static class ChartWords
{
    /// <summary>Where a series stands and how far it ranged.</summary>
    public static string Describe(string name, IReadOnlyList<ChartPoint> points, string unit)
    {
        var known = points.Where(point => point.Value is not null).ToList();
        if (known.Count == 0)
        {
            return points.Count == 0
                ? $"{name}: no windows in this range."
                : $"{name}: not enough data in any of {Figures.Count(points.Count)} windows.";
        }

        var last = known[^1];
        var text = new StringBuilder($"{name}: {Figures.Format(last.Value, unit)}");
        if (last.Lower is not null && last.Upper is not null)
            text.Append($" (95 % {Figures.Format(last.Lower, unit)} .. {Figures.Format(last.Upper, unit)})");
        text.Append($" in the last window, n {Figures.Count(last.N)}");
        if (known.Count > 1)
        {
            text.Append(
                $"; between {Figures.Format(known.Min(point => point.Value), unit)} and "
                    + $"{Figures.Format(known.Max(point => point.Value), unit)} over {Figures.Count(known.Count)} windows"
            );
        }

        if (known.Count < points.Count)
            text.Append($"; {Figures.Count(points.Count - known.Count)} cannot be judged");
        return text.Append('.').ToString();
    }

    /// <summary>The bins that moved most, in words.</summary>
    public static string Describe(IReadOnlyList<DistributionBin> bins)
    {
        var moved = bins.Where(bin => bin.Reference is not null || bin.Current > 0)
            .OrderByDescending(bin => Math.Abs(bin.Current - (bin.Reference ?? 0)))
            .FirstOrDefault();
        return moved is null || Math.Abs(moved.Current - (moved.Reference ?? 0)) < 0.005
            ? "Shares of rows: current and reference agree."
            : $"Largest change at {moved.Title ?? moved.Label}: {Figures.Format(moved.Reference ?? 0, "ratio")} of the reference, "
                + $"{Figures.Format(moved.Current, "ratio")} now.";
    }

    /// <summary>The bin in which the two sides differ most, in words.</summary>
    public static string DescribeCompared(IReadOnlyList<DistributionBin> bins)
    {
        var apart = bins.Where(bin => bin.Compared is not null).MaxBy(bin => Math.Abs(bin.Current - bin.Compared!.Value));
        return apart is null
            ? Sides.Nothing
            : $"largest difference at {apart.Title ?? apart.Label}: {Figures.Format(apart.Compared, "ratio")} there, "
                + $"{Figures.Format(apart.Current, "ratio")} here.";
    }

    public static string StateWords(PointState state) =>
        state switch
        {
            PointState.InsufficientRows => "not enough data: too few rows",
            PointState.Incomplete => "not complete yet",
            PointState.Undefined => "not defined here",
            _ => "",
        };
}
