using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>What is in the gathered rows, counted by the engine.</summary>
internal sealed class DatasetCounting(IColumnStore store, DatasetFindings findings)
{
    private const int MostNames = 100;
    private const int ColumnsAtOnce = 500;

    /// <summary>The card of the rows.</summary>
    public async Task<DatasetCard> CountAsync(
        DatasetWork work,
        IReadOnlyList<DatasetColumn> columns,
        SqlStatement split,
        IReadOnlyList<SqlParameter> parameters,
        CancellationToken cancellation
    )
    {
        var all = await GroupsAsync(work, "''", split, cancellation);
        var (rows, labelled, from, to) = await TotalsAsync(work, cancellation);
        var conflicts = await store.CountAsync(new SqlStatement($"SELECT countIf(is_disputed) FROM {work.Rows}"), cancellation);
        var chosen = await store.CountAsync(new SqlStatement($"SELECT count() FROM {work.Chosen}"), cancellation);
        var gathered = await store.CountAsync(new SqlStatement($"SELECT count() FROM {work.Rows}"), cancellation);
        List<CardLeftOut> leftOut = [];
        if (gathered - rows is > 0 and var disputed)
            leftOut.Add(new CardLeftOut("sources of ground truth disagree", disputed));
        if (chosen - gathered is > 0 and var lost)
            leftOut.Add(new CardLeftOut("ground truth, or the prediction, is not stored any more", lost));
        return new DatasetCard
        {
            Rows = rows,
            Labelled = labelled,
            Splits = all.Count == 0 ? new Dictionary<string, long>(StringComparer.Ordinal) : all[0].Splits,
            Parts = await GroupsAsync(work, "toString(part)", split, cancellation),
            Classes = work.IsNumber ? [] : await GroupsAsync(work, "label", split, cancellation, "is_labelled"),
            LabelSources = await GroupsAsync(work, "toString(label_source)", split, cancellation, "is_labelled"),
            Versions = await GroupsAsync(work, "toString(version)", split, cancellation),
            Conflicts = conflicts,
            LeftOut = leftOut,
            From = from,
            To = to,
            Columns = await ColumnsAsync(work, columns, parameters, cancellation),
            Reference = work.Baseline?.Generation,
            Drift = await findings.DriftAsync(work, cancellation),
            EntityLeak = work.Recipe.Split.Entity is { Length: > 0 }
                ? await findings.LeakAsync(work, split, ("entity", "entity != ''"), cancellation)
                : null,
            NearDuplicates = await findings.LeakAsync(work, split, ("alike", "1"), cancellation),
            Annotators = await findings.AnnotatorsAsync(work, cancellation),
        };
    }

    private async Task<(long Rows, long Labelled, DateTimeOffset? From, DateTimeOffset? To)> TotalsAsync(
        DatasetWork work,
        CancellationToken cancellation
    )
    {
        const string Timed = "timestamp != toDateTime64(0, 3, 'UTC')";
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT count(), countIf(is_labelled), minIf(timestamp, {Timed}), maxIf(timestamp, {Timed}), countIf({Timed})
                FROM {work.Rows} WHERE {work.Kept}
                """
            ),
            cancellation
        );
        rows.Read();
        var (count, labelled) = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        var (from, to) = (rows.ReadDateTime64(), rows.ReadDateTime64());
        return rows.ReadUInt64() > 0 ? (count, labelled, from, to) : (count, labelled, null, null);
    }

    private async Task<IReadOnlyList<CardCount>> GroupsAsync(
        DatasetWork work,
        string by,
        SqlStatement split,
        CancellationToken cancellation,
        string where = "1"
    )
    {
        var inSplit = DatasetRecipe.Splits.Select(name => $"countIf(in_split = '{name}')");
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT name, count() AS n, {string.Join(", ", inSplit)}
                FROM (SELECT {by} AS name, {split.Text} AS in_split FROM {work.Rows} WHERE {work.Kept} AND {where})
                GROUP BY name ORDER BY n DESC, name LIMIT {MostNames}
                """,
                split.Parameters
            ),
            cancellation
        );
        var groups = new List<CardCount>();
        while (rows.Read())
        {
            var (name, count) = (rows.ReadString(), (long)rows.ReadUInt64());
            var splits = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var one in DatasetRecipe.Splits)
            {
                if ((long)rows.ReadUInt64() is > 0 and var inOne)
                    splits[one] = inOne;
            }

            groups.Add(new CardCount(name, count, splits));
        }

        return groups;
    }

    private async Task<IReadOnlyList<CardColumn>> ColumnsAsync(
        DatasetWork work,
        IReadOnlyList<DatasetColumn> columns,
        IReadOnlyList<SqlParameter> parameters,
        CancellationToken cancellation
    )
    {
        var counted = new List<CardColumn>();
        foreach (var part in columns.Chunk(ColumnsAtOnce))
        {
            using var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT {string.Join(", ", part.Select(column => $"countIf(isNull({column.Sql}))"))} "
                        + $"FROM {work.Rows} WHERE {work.Kept}",
                    parameters
                ),
                cancellation
            );
            rows.Read();
            foreach (var column in part)
                counted.Add(new CardColumn(column.Name, column.Kind, column.Feature?.Name, (long)rows.ReadUInt64(), column.IsPrivate));
        }

        return counted;
    }
}
