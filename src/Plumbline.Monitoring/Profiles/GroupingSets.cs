using System.Globalization;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// Groups by every segment dimension, whose columns are <c>s0</c>, <c>s1</c> .., and by pairs of them, all in one pass over the rows.
/// </summary>
internal sealed class GroupingSets
{
    private readonly IReadOnlyList<int[]> _sets;

    /// <param name="dimensions">How many columns there are.</param>
    /// <param name="crosses">Pairs of columns whose combinations are groups too.</param>
    public GroupingSets(int dimensions, IEnumerable<(int First, int Second)> crosses) =>
        // Crosses before single dimensions: of a cross's group both columns are grouped by, and the first match names it.
        _sets = [
            .. crosses.Select(cross => new[] { cross.First, cross.Second }),
            .. Enumerable.Range(0, dimensions).Select(i => new[] { i }),
        ];

    /// <summary>GROUP BY of all rows and of every segment, within the groups of <paramref name="leading"/>.</summary>
    public string GroupBy(string leading) =>
        _sets.Count == 0
            ? $"GROUP BY {leading}"
            : "GROUP BY GROUPING SETS "
                + $"(({leading}){string.Concat(_sets.Select(set => $", ({leading}, {string.Join(", ", set.Select(Column))})"))})";

    /// <summary>
    /// An expression about the dimensions that a group was made by, their parts joined by <see cref="SegmentCross.Sign"/>; empty for all
    /// rows. NULL where a part is.
    /// </summary>
    public string Choose(Func<int, string> part)
    {
        if (_sets.Count == 0)
            return "''";
        // grouping() is 0 for the dimensions that the group was made by.
        var cases = _sets.Select(set =>
            $"{string.Join(" AND ", set.Select(i => $"grouping({Column(i)}) = 0"))}, "
            + $"concat({string.Join($", '{SegmentCross.Sign}', ", set.Select(part))}, ''), "
        );
        return $"multiIf({string.Concat(cases)}'')";
    }

    /// <summary>Name of a dimension's column.</summary>
    public static string Column(int dimension) => string.Create(CultureInfo.InvariantCulture, $"s{dimension}");
}
