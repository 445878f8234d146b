using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>Rows that differ between two versions.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Examples">Ids of the first, at most 20.</param>
public sealed record ChangedRows(long Rows, IReadOnlyList<string> Examples);

/// <summary>What makes a version another than one before it.</summary>
/// <param name="Added">In this one alone.</param>
/// <param name="Removed">In the other alone.</param>
/// <param name="Relabelled">In both, with another label.</param>
/// <param name="Moved">In both, in another split.</param>
/// <param name="AddedColumns">Columns of this one alone.</param>
/// <param name="RemovedColumns">Columns of the other alone.</param>
/// <param name="RetypedColumns">Columns of both, of another type.</param>
/// <param name="Balance">Rows of each class in both.</param>
public sealed record DatasetDifference(
    ChangedRows Added,
    ChangedRows Removed,
    ChangedRows Relabelled,
    ChangedRows Moved,
    IReadOnlyList<string> AddedColumns,
    IReadOnlyList<string> RemovedColumns,
    IReadOnlyList<string> RetypedColumns,
    IReadOnlyList<ClassBalance> Balance
);

/// <summary>A class in two versions.</summary>
/// <param name="Name">The label.</param>
/// <param name="Before">Its rows in the other version.</param>
/// <param name="Now">Its rows in this one.</param>
public sealed record ClassBalance(string Name, long Before, long Now);

/// <summary>Compares two versions by their files.</summary>
public sealed class DatasetComparison(IColumnStore store, DatasetFiles files)
{
    private const int MostExamples = 20;

    private static readonly (string Name, string Where)[] Changes =
    [
        ("added", "NOT before AND now"),
        ("removed", "before AND NOT now"),
        ("relabelled", "before AND now AND label_before != label_now"),
        ("moved", "before AND now AND split_before != split_now"),
    ];

    /// <summary>What is different in a version, seen from another; both are ready.</summary>
    public async Task<DatasetDifference> CompareAsync(
        ModelDefinition model,
        DatasetVersion version,
        DatasetVersion with,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(with);
        var asked = Changes.Select(change =>
            $"countIf({change.Where}), arraySort(groupArraySortedIf({MostExamples})(prediction_id, {change.Where}))"
        );
        using var rows = await store.QueryFilesAsync(
            new SqlStatement(
                $$"""
                SELECT {{string.Join(", ", asked)}}
                FROM (SELECT prediction_id, max(side = 0) AS before, max(side = 1) AS now,
                        anyIf(said, side = 0) AS label_before, anyIf(said, side = 1) AS label_now,
                        anyIf(split, side = 0) AS split_before, anyIf(split, side = 1) AS split_now
                    FROM (SELECT {{Row}}, 0 AS side FROM file({before:String}, 'Parquet')
                        UNION ALL SELECT {{Row}}, 1 AS side FROM file({now:String}, 'Parquet'))
                    GROUP BY prediction_id)
                """,
                new("before", Files(model, with)),
                new("now", Files(model, version))
            ),
            cancellation
        );
        rows.Read();
        var changes = new List<ChangedRows>();
        for (var i = 0; i < Changes.Length; i++)
            changes.Add(new ChangedRows((long)rows.ReadUInt64(), rows.ReadStringArray()));
        var (now, before) = (Columns(version), Columns(with));
        return new DatasetDifference(
            changes[0],
            changes[1],
            changes[2],
            changes[3],
            [.. now.Keys.Except(before.Keys, StringComparer.Ordinal)],
            [.. before.Keys.Except(now.Keys, StringComparer.Ordinal)],
            [.. now.Where(column => before.TryGetValue(column.Key, out var type) && type != column.Value).Select(column => column.Key)],
            Balance(version.Card!, with.Card!)
        );
    }

    private const string Row =
        "assumeNotNull(prediction_id) AS prediction_id, ifNull(toString(label), '') AS said, assumeNotNull(split) AS split";

    private string Files(ModelDefinition model, DatasetVersion version) =>
        Path.Combine(files.FolderOf(model.Id, version.DatasetId, version.Number), "*.parquet");

    private static Dictionary<string, string> Columns(DatasetVersion version) =>
        version.Card!.Columns.ToDictionary(column => column.Name, column => column.Type, StringComparer.Ordinal);

    private static List<ClassBalance> Balance(DatasetCard now, DatasetCard before)
    {
        var names = now.Classes.Concat(before.Classes).Select(one => one.Name).Distinct(StringComparer.Ordinal);
        return
        [
            .. names
                .Select(name => new ClassBalance(name, Of(before, name), Of(now, name)))
                .OrderBy(one => one.Name, StringComparer.Ordinal),
        ];

        static long Of(DatasetCard card, string name) => card.Classes.FirstOrDefault(one => one.Name == name)?.Rows ?? 0;
    }
}
