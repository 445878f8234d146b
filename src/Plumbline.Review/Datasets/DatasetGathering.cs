using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Review.Drawing;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>Puts the values and the label beside every chosen id: one statement for production, one for the reference.</summary>
internal sealed class DatasetGathering(IColumnStore store, ModelTables tables)
{
    /// <summary>Fills the table of rows.</summary>
    public async Task FillAsync(DatasetWork work, CancellationToken cancellation)
    {
        await store.ExecuteAsync(
            new SqlStatement(
                $"""
                CREATE TABLE {work.Rows} (part LowCardinality(String), prediction_id String, id_hash UInt64,
                    timestamp DateTime64(3, 'UTC'), version LowCardinality(String), prediction String, prediction_value Float64,
                    score Float64, probabilities Map(String, Float64), entity String, label String, label_number Float64,
                    label_time Nullable(DateTime64(3, 'UTC')), label_source LowCardinality(String), is_disputed Bool, is_labelled Bool,
                    weight Float64, reason LowCardinality(String), alike UInt64{string.Concat(
                        work.Model.Features.Select(feature => $", {feature.Column} {TypeOf(feature)}")
                    )})
                ENGINE = MergeTree ORDER BY (timestamp, id_hash, prediction_id)
                """
            ),
            cancellation
        );
        await FromProductionAsync(work, cancellation);
        if (work.Baseline is not null)
            await FromReferenceAsync(work, cancellation);
    }

    private async Task FromProductionAsync(DatasetWork work, CancellationToken cancellation)
    {
        var known = work.IsNumber ? "isFinite(said_number)" : "said != ''";
        var parameters = new List<SqlParameter> { new("from", work.From), new("to", work.To) };
        await store.ExecuteAsync(
            new SqlStatement(
                $$"""
                INSERT INTO {{work.Rows}} SELECT c.part, p.prediction_id, p.id_hash, p.timestamp, toString(p.version), p.prediction,
                    p.prediction_value, p.score, CAST(p.probabilities, 'Map(String, Float64)'), {{Entity(work, parameters)}},
                    l.said, if(l.found, l.said_number, nan), if(l.found, l.said_at, NULL), l.said_by, l.is_disputed,
                    l.found AND {{known}}, c.weight, c.reason, {{NearDuplicates.Key(work.Model, work.Baseline)}}{{Features(work, null)}}
                FROM (SELECT * FROM {{ModelTables.Predictions(work.Model.Id)}} WHERE role = 'primary' AND
                        timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND
                        id_hash IN (SELECT id_hash FROM {{work.Chosen}} WHERE part != 'reference')
                      LIMIT 1 BY id_hash, prediction_id) AS p
                INNER JOIN (SELECT part, prediction_id AS c_id, id_hash AS c_hash, weight, reason, may_lack_label FROM {{work.Chosen}}
                    WHERE part != 'reference') AS c ON p.id_hash = c.c_hash AND p.prediction_id = c.c_id
                LEFT JOIN ({{Labels(work)}}) AS l ON p.id_hash = l.l_hash AND p.prediction_id = l.l_id
                WHERE c.may_lack_label OR (l.found AND {{known}})
                """,
                parameters
            ),
            cancellation
        );
    }

    private async Task FromReferenceAsync(DatasetWork work, CancellationToken cancellation)
    {
        var table = ModelTables.Reference(work.Model.Id, work.Baseline!.Generation);
        var columns = await tables.ColumnsAsync(table, cancellation);
        var source = ReferenceSource.Of(work.Model, work.Baseline);
        List<SqlParameter> parameters = [.. source.Parameters];
        var entity = Entity(work, parameters, columns);
        var missing = work
            .Model.Features.Where(feature => !columns.Contains(feature.Column))
            .Select(feature => $", CAST(NULL, '{TypeOf(feature)}') AS {feature.Column}");
        var text = work.IsNumber ? "if(isFinite(truth_number), toString(truth_number), '')" : "truth";
        await store.ExecuteAsync(
            new SqlStatement(
                $"""
                INSERT INTO {work.Rows} SELECT c.part, p.prediction_id, p.id_hash, p.timestamp, toString(p.version), p.prediction,
                    p.prediction_value, p.score, CAST(p.probabilities, 'Map(String, Float64)'), {entity},
                    {text} AS the_label, p.truth_number, NULL, if(the_label != '', 'reference', ''), false, the_label != '',
                    c.weight, c.reason, {NearDuplicates.Key(work.Model, work.Baseline)}{Features(work, columns)}
                FROM (SELECT *{string.Concat(missing)} FROM ({source.Sql}) LIMIT 1 BY id_hash, prediction_id) AS p
                INNER JOIN (SELECT part, prediction_id AS c_id, id_hash AS c_hash, weight, reason FROM {work.Chosen}
                    WHERE part = 'reference') AS c ON p.id_hash = c.c_hash AND p.prediction_id = c.c_id
                """,
                parameters
            ),
            cancellation
        );
    }

    /// <summary>
    /// The label of each chosen prediction and whether sources disagree about it. Each source says what it said last; what a task came to
    /// is what reviews say, also before it has gone its way to ground truth.
    /// </summary>
    private static string Labels(DatasetWork work)
    {
        var said = work.IsNumber ? "toString(value_number)" : "value";
        var order = work.Recipe.Conflict switch
        {
            LabelConflict.ReviewedFirst => $"(x.1 = '{ReviewSource.Name}', x.4, x.1)",
            LabelConflict.Majority => $"(arrayCount(y -> y.2 = x.2, sayings), x.1 = '{ReviewSource.Name}', x.4, x.1)",
            _ => "(x.4, x.1)",
        };
        return $"""
            SELECT l_hash, l_id, groupArray((source, said_text, said_value, said_time)) AS sayings,
                arrayReverseSort(x -> {order}, sayings)[1] AS counts, counts.2 AS said, counts.3 AS said_number, counts.4 AS said_at,
                counts.1 AS said_by, length(arrayDistinct(arrayMap(x -> x.2, sayings))) > 1 AS is_disputed, true AS found
            FROM (
                SELECT id_hash AS l_hash, prediction_id AS l_id, if(source = '', 'ground_truth', source) AS source,
                    argMax({said}, (timestamp, block, arrival)) AS said_text,
                    argMax(value_number, (timestamp, block, arrival)) AS said_value, max(timestamp) AS said_time
                FROM {ModelTables.GroundTruth(work.Model.Id)}
                WHERE id_hash IN (SELECT id_hash FROM {work.Chosen}) AND NOT (source = '{ReviewSource.Name}' AND
                    (id_hash, prediction_id) IN (SELECT id_hash, prediction_id FROM {work.Chosen} WHERE resolved != ''))
                GROUP BY l_hash, l_id, source
                UNION ALL
                SELECT id_hash, prediction_id, '{ReviewSource.Name}', {(
                    work.IsNumber ? "toString(resolved_number)" : "resolved"
                )}, resolved_number, assumeNotNull(resolved_at)
                FROM {work.Chosen} WHERE resolved != ''
            ) GROUP BY l_hash, l_id
            """;
    }

    // Whom a row is about: a feature, else a field of the metadata; empty where it is not said.
    private static string Entity(DatasetWork work, List<SqlParameter> parameters, IReadOnlyList<string>? columns = null)
    {
        if (work.Recipe.Split.Entity is not { Length: > 0 } name)
            return "''";
        if (work.Model.FindFeature(name) is { } feature)
            return columns?.Contains(feature.Column) == false ? "''" : $"ifNull({ModelColumns.Of(feature).Text}, '')";
        parameters.Add(new SqlParameter("entity", name));
        return "trim(BOTH '\"' FROM JSONExtractRaw(p.metadata, {entity:String}))";
    }

    private static string Features(DatasetWork work, IReadOnlyList<string>? columns) =>
        string.Concat(
            work.Model.Features.Select(feature =>
                columns?.Contains(feature.Column) == false ? $", CAST(NULL, '{TypeOf(feature)}')"
                : feature.Type == FeatureType.Numeric ? $", if(isNaN({feature.Column}), NULL, {feature.Column})"
                : $", CAST({feature.Column}, '{TypeOf(feature)}')"
            )
        );

    private static string TypeOf(FeatureDefinition feature) =>
        feature.Type switch
        {
            FeatureType.Numeric => "Nullable(Float64)",
            FeatureType.Boolean => "Nullable(Bool)",
            _ => "Nullable(String)",
        };
}
