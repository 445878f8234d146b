using System.Collections.Immutable;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>How the answers of a side fell to the classes, window by window; both sides have them in the same colours.</summary>
/// <param name="Names">The classes; the last one may be all others together.</param>
/// <param name="Colours">Of each.</param>
/// <param name="Cells">Rows of each in each window.</param>
public sealed record ClassShares(IReadOnlyList<string> Names, IReadOnlyList<string> Colours, IReadOnlyList<ShareCell> Cells)
{
    /// <summary>More classes than colours: the rest is one grey band.</summary>
    private const int Most = Palette.Colours;

    /// <summary>The classes over all windows, with those of the other side where there is one.</summary>
    public IReadOnlyList<DistributionBin> Whole { get; private init; } = [];

    /// <param name="known">The model's classes.</param>
    /// <param name="points">Shares of classes in windows, of both sides.</param>
    public static Sides<ClassShares> Of(ImmutableArray<string> known, Sides<IReadOnlyList<MetricPoint>> points)
    {
        List<string> present =
        [
            .. points
                .Rows(side => side.Where(point => point.Value > 0))
                .Select(row => row.Row.Class)
                .Distinct(StringComparer.Ordinal)
                .OrderBy(name => known.IndexOf(name) is >= 0 and var place ? place : int.MaxValue)
                .ThenBy(name => name, StringComparer.Ordinal),
        ];
        List<string> named = [.. present.Where(name => known.IndexOf(name) is >= 0 and < Most)];
        List<string> rest = [.. present.Except(named, StringComparer.Ordinal)];
        List<string> names =
        [
            .. named,
            .. rest.Count switch
            {
                0 => Array.Empty<string>(),
                1 => [rest[0]],
                var others => [$"{others} others"],
            },
        ];
        string[] colours = [.. names.Select(name => Palette.Of(known, name))];
        var sides = points.Map(side => new ClassShares(names, colours, CellsOf(side, named)));
        return sides with { Own = sides.Own with { Whole = DistributionBins.OfBoth(sides.Map(side => side)!, Bins) } };
    }

    private static IReadOnlyList<ShareCell> CellsOf(IReadOnlyList<MetricPoint> points, List<string> named)
    {
        var places = named
            .Select((name, place) => (name, place))
            .ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        return
        [
            .. points
                .Where(point => point.Value > 0)
                .GroupBy(point => (point.WindowStart, point.WindowEnd, Series: places.GetValueOrDefault(point.Class, named.Count)))
                .Select(group => new ShareCell(
                    group.Key.WindowStart,
                    group.Key.WindowEnd,
                    group.Key.Series,
                    (long)Math.Round(group.Sum(point => point.Value!.Value * point.N))
                ))
                .OrderBy(cell => cell.Start),
        ];
    }

    private static IReadOnlyList<DistributionBin> Bins(ClassShares? side)
    {
        double all = side?.Cells.Sum(cell => cell.Count) ?? 0;
        return
        [
            .. (side?.Names ?? []).Select(
                (name, place) =>
                {
                    var rows = side!.Cells.Where(cell => cell.Series == place).Sum(cell => cell.Count);
                    return new DistributionBin(name, null, all == 0 ? 0 : rows / all, rows, null, null);
                }
            ),
        ];
    }
}
