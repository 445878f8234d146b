using System.Globalization;
using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Samples;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>
/// Chooses the predictions of a data set, part after part, into a table of their ids: one that is chosen already is nobody else's. Where a
/// part has more than its rows, the smallest hashes of ids are taken: the same ones each time, and alike for every prediction.
/// </summary>
internal sealed class DatasetChoice(IColumnStore store, ReviewedRows reviewed, PredictionScores scores, ModelTables tables)
{
    private const string Range = "timestamp >= {part_from:DateTime64(3, 'UTC')} AND timestamp < {part_to:DateTime64(3, 'UTC')}";

    /// <summary>Fills a new table with what the parts choose.</summary>
    public async Task FillAsync(DatasetWork work, CancellationToken cancellation)
    {
        await store.ExecuteAsync(
            new SqlStatement(
                $"""
                CREATE TABLE {work.Chosen} (part LowCardinality(String), prediction_id String, id_hash UInt64,
                    timestamp DateTime64(3, 'UTC'), weight Float64, reason LowCardinality(String), may_lack_label Bool,
                    resolved String, resolved_number Float64, resolved_at Nullable(DateTime64(3, 'UTC')))
                ENGINE = MergeTree ORDER BY (id_hash, prediction_id)
                """
            ),
            cancellation
        );
        foreach (var part in work.Recipe.Parts.OrderBy(part => part.Kind))
        {
            var candidates = part.Kind switch
            {
                DatasetPartKind.Reviewed => await ReviewedAsync(work, part, cancellation),
                DatasetPartKind.Reference => await ReferenceAsync(work, part, cancellation),
                _ => await ProductionAsync(work, part, cancellation),
            };
            if (candidates is not null)
                await TakeAsync(work, part, candidates, cancellation);
        }
    }

    private async Task TakeAsync(DatasetWork work, DatasetPart part, SqlStatement candidates, CancellationToken cancellation)
    {
        var left =
            $"SELECT * FROM ({candidates.Text}) WHERE (id_hash, prediction_id) NOT IN (SELECT id_hash, prediction_id FROM {work.Chosen})";
        var count = await store.CountAsync(new SqlStatement($"SELECT count() FROM ({left})", candidates.Parameters), cancellation);
        if (count == 0)
            return;
        await store.ExecuteAsync(
            new SqlStatement(
                $$"""
                INSERT INTO {{work.Chosen}} SELECT {part:String}, prediction_id, id_hash, timestamp, weight * {more:Float64}, reason,
                    {may_lack:Bool}, resolved, resolved_number, resolved_at
                FROM ({{left}})
                ORDER BY sipHash64(id_hash, prediction_id, {seed:UInt32}), id_hash, prediction_id LIMIT {rows:UInt32}
                """,
                [
                    .. candidates.Parameters,
                    new("part", PartName(part.Kind)),
                    new("more", Math.Max(1, (double)count / part.Rows)),
                    new("may_lack", part.Unlabelled),
                    new("seed", work.Recipe.Seed),
                    new("rows", part.Rows),
                ]
            ),
            cancellation
        );
    }

    private async Task<SqlStatement> ReviewedAsync(DatasetWork work, DatasetPart part, CancellationToken cancellation)
    {
        var table = work.NewTable("tasks");
        await reviewed.FillAsync(table, work.Model, part.Policy, (work.From, work.To), cancellation);
        var (where, parameters) = await SearchAsync(work, part, cancellation);
        // The prediction may have been deleted since.
        return new SqlStatement(
            $"""
            SELECT prediction_id, id_hash, timestamp, 1. / probability AS weight, if(is_by_score, 'score', 'chance') AS reason,
                resolved, resolved_number, CAST(resolved_at, 'Nullable(DateTime64(3, \'UTC\'))') AS resolved_at
            FROM {table}
            WHERE (id_hash, prediction_id) IN (SELECT id_hash, prediction_id FROM {ModelTables.Predictions(work.Model.Id)} WHERE {where}
                AND id_hash IN (SELECT id_hash FROM {table}))
            """,
            parameters
        );
    }

    private async Task<SqlStatement> ProductionAsync(DatasetWork work, DatasetPart part, CancellationToken cancellation)
    {
        var (where, parameters) = await SearchAsync(work, part, cancellation);
        var labelled = part.Unlabelled
            ? ""
            : $" AND (id_hash, prediction_id) IN (SELECT id_hash, prediction_id FROM {ModelTables.MatchedAny(work.Model.Id)} "
                + $"WHERE {Range})";
        return new SqlStatement(
            $"""
            SELECT prediction_id, id_hash, timestamp, 1. AS weight, '{PartName(part.Kind)}' AS reason, '' AS resolved,
                nan AS resolved_number, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS resolved_at
            FROM {ModelTables.Predictions(work.Model.Id)} WHERE {where}{labelled} LIMIT 1 BY id_hash, prediction_id
            """,
            [.. parameters, new("part_from", work.From), new("part_to", work.To)]
        );
    }

    private async Task<SqlStatement?> ReferenceAsync(DatasetWork work, DatasetPart part, CancellationToken cancellation)
    {
        if (work.Baseline is not { } baseline)
            return null;
        var conditions = DatasetCheck.Conditions(part, work.Model);
        var columns = await tables.ColumnsAsync(ModelTables.Reference(work.Model.Id, baseline.Generation), cancellation);
        // A reference without the feature has no row of which the condition could be said.
        if (conditions.Any(condition => condition.Field.Feature is { } feature && !columns.Contains(feature.Column)))
            return null;
        var search = new SearchSql(work.Model, new PredictionSearch { Conditions = conditions });
        var source = ReferenceSource.Of(work.Model, baseline);
        var labelled =
            part.Unlabelled ? ""
            : work.IsNumber ? " AND isFinite(truth_number)"
            : " AND truth != ''";
        return new SqlStatement(
            $"""
            SELECT prediction_id, id_hash, timestamp, 1. AS weight, 'reference' AS reason, '' AS resolved, nan AS resolved_number,
                CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS resolved_at
            FROM ({source.Sql}) WHERE {search.Where}{labelled} LIMIT 1 BY id_hash, prediction_id
            """,
            [.. search.Parameters, .. source.Parameters]
        );
    }

    private async Task<(string Where, IReadOnlyList<SqlParameter> Parameters)> SearchAsync(
        DatasetWork work,
        DatasetPart part,
        CancellationToken cancellation
    )
    {
        var conditions = DatasetCheck.Conditions(part, work.Model);
        var search = new SearchSql(
            work.Model,
            new PredictionSearch
            {
                From = work.From,
                To = work.To,
                Role = "primary",
                Conditions = conditions,
                Scores = conditions.Any(condition => condition.Field.Score is not null)
                    ? await scores.OfAsync(work.Model, work.From, work.To, cancellation)
                    : null,
            }
        );
        return (search.Where, search.Parameters);
    }

    internal static string PartName(DatasetPartKind kind) => kind.ToString().ToLower(CultureInfo.InvariantCulture);
}
