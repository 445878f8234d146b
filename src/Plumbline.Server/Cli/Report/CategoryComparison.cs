namespace Plumbline.Server.Cli.Report;

/// <summary>Categories of two files side by side.</summary>
internal static class CategoryComparison
{
    private const int TopShown = 12;
    private const int NamesShown = 10;

    // Not the name of a category: an empty one is a missing value.
    private const string NoName = "";

    /// <summary>Counts of both files over the categories of either, and the uncounted ones as the last.</summary>
    public static (long[] Reference, long[] Current) Aligned(ColumnFacts reference, ColumnFacts current)
    {
        var rows = Rows(reference, current);
        var more = reference.UncountedCategories + current.UncountedCategories > 0;
        return (
            [.. rows.Select(row => row.Reference), .. more ? [reference.UncountedCategories] : Array.Empty<long>()],
            [.. rows.Select(row => row.Current), .. more ? [current.UncountedCategories] : Array.Empty<long>()]
        );
    }

    public static CategoryChange ChangeOf(ColumnFacts reference, ColumnFacts current)
    {
        var rows = Rows(reference, current);
        var top = rows.OrderByDescending(row => Share(row.Reference, reference) + Share(row.Current, current))
            .ThenBy(row => row.Category, StringComparer.Ordinal)
            .Take(TopShown)
            .ToArray();
        // Where categories were too many to be counted, one that seems new may only not have been counted.
        var added = reference.UncountedCategories > 0 ? [] : rows.Where(row => row.Reference == 0).ToArray();
        var gone = current.UncountedCategories > 0 ? [] : rows.Where(row => row.Current == 0).ToArray();
        return new CategoryChange
        {
            Top = top,
            Others = new CategoryRow(
                NoName,
                rows.Sum(row => row.Reference) - top.Sum(row => row.Reference) + reference.UncountedCategories,
                rows.Sum(row => row.Current) - top.Sum(row => row.Current) + current.UncountedCategories
            ),
            NewCount = added.Length,
            New = First(added, row => row.Current),
            VanishedCount = gone.Length,
            Vanished = First(gone, row => row.Reference),
        };
    }

    private static CategoryRow[] Rows(ColumnFacts reference, ColumnFacts current) =>
        [
            .. reference
                .Categories.Keys.Union(current.Categories.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => new CategoryRow(
                    name,
                    reference.Categories.GetValueOrDefault(name),
                    current.Categories.GetValueOrDefault(name)
                )),
        ];

    private static double Share(long count, ColumnFacts side) => side.Present == 0 ? 0 : (double)count / side.Present;

    private static CategoryRow[] First(CategoryRow[] rows, Func<CategoryRow, long> count) =>
        [.. rows.OrderByDescending(count).ThenBy(row => row.Category, StringComparer.Ordinal).Take(NamesShown)];
}
