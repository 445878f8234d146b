using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Samples;

/// <summary>
/// Reads rows with their features, at most so many per window. Which rows belong to a sample follows from a hash of their ids: the same
/// window gives the same sample, whatever else is stored and however often it is computed.
/// </summary>
public sealed class RowSamples(IColumnStore store, ModelTables tables, SegmentValues segmentValues)
{
    // The order of a hash that nothing else uses is a random order.
    private const string RandomOrder = "sipHash64(id_hash, prediction_id, 'sample')";

    /// <summary>Rows of the reference.</summary>
    /// <param name="model">The model.</param>
    /// <param name="baseline">Its baseline; the rows are those of its generation.</param>
    /// <param name="features">Features to read.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="onlyLabelled">True: only rows with ground truth, their own or one that came later for a past window of
    /// production.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<RowSample> ReferenceAsync(
        ModelDefinition model,
        Baseline baseline,
        IReadOnlyList<FeatureDefinition> features,
        int limit,
        bool onlyLabelled,
        CancellationToken cancellation
    )
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var stored = (await tables.ColumnsAsync(ModelTables.Reference(model.Id, baseline.Generation), cancellation)).ToHashSet(
            StringComparer.Ordinal
        );
        var (from, parameters) = ReferenceSource.Of(model, baseline);
        var known = model.Task == ModelTask.Regression ? "NOT isNaN(truth_number)" : "truth != ''";
        var text = $$"""
            SELECT toInt64(0), version, prediction, prediction_value, score, toUInt8({{known}}), truth, truth_number{{string.Concat(
                features.Select(feature => ", " + Expression(feature, stored))
            )}}
            FROM ({{from}}){{(onlyLabelled ? $" WHERE {known}" : "")}}
            ORDER BY {{RandomOrder}}, prediction_id LIMIT {limit:UInt32}
            """;
        var sample = new RowSample(features);
        using var rows = await store.QueryAsync(new SqlStatement(text, [.. parameters, new("limit", limit)]), cancellation);
        while (rows.Read())
        {
            rows.ReadInt64();
            ReadRow(rows, sample, features, []);
        }

        return sample;
    }

    /// <summary>
    /// Answered primary predictions of the windows [from, from + length), .. up to <paramref name="to"/>, one sample per window that has
    /// any, by its position.
    /// </summary>
    public async Task<SortedDictionary<int, RowSample>> WindowsAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan length,
        IReadOnlyList<FeatureDefinition> features,
        int limit,
        CancellationToken cancellation
    )
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var known = await segmentValues.KnownAsync(model, cancellation);
        var samples = new SortedDictionary<int, RowSample>();
        using var rows = await store.QueryAsync(Statement(model, from, to, length, features, limit), cancellation);
        while (rows.Read())
        {
            var window = (int)rows.ReadInt64();
            if (!samples.TryGetValue(window, out var sample))
                samples[window] = sample = new RowSample(features);
            ReadRow(rows, sample, features, known);
        }

        return samples;
    }

    private static SqlStatement Statement(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan length,
        IReadOnlyList<FeatureDefinition> features,
        int limit
    )
    {
        var regression = model.Task == ModelTask.Regression;
        var range = $$"""
            timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
            """;
        var answered =
            $"{range} AND role = 'primary' AND status = 'ok' AND {(regression ? "isFinite(prediction_value)" : "prediction != ''")}";
        const string window = "intDiv(toInt64(toUnixTimestamp64Milli(timestamp)) - {start:Int64}, {length:Int64})";
        var table = ModelTables.Predictions(model.Id);
        // The sample is drawn on the narrow columns; only its rows are read wide.
        var text = $$"""
            SELECT {{window}} AS w, {{VersionTexts.Expression(model, "p.version")}} AS version, p.prediction AS prediction,
            p.prediction_value AS prediction_value, p.score AS score,
                m.known AS known, if(m.known, m.value, '') AS value, if(m.known, m.value_number, nan)
                AS value_number{{string.Concat(features.Select(feature => ", " + Expression(feature)))}}{{string.Concat(
                SegmentTexts.Columns(model).Select(column => ", " + column)
            )}}
            FROM (SELECT * FROM {{table}} WHERE {{answered}} AND (timestamp, id_hash) IN
                (SELECT timestamp, id_hash FROM {{table}} WHERE {{answered}} ORDER BY {{RandomOrder}}
                    LIMIT {limit:UInt32} BY {{window}})) AS p
            LEFT JOIN (SELECT id_hash, prediction_id, value, value_number, toUInt8(1) AS known FROM {{ModelTables.Matched(model.Id)}}
                WHERE {{range}}{{(regression ? " AND NOT isNaN(value_number)" : "")}}) AS m
              ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id
            ORDER BY w, sipHash64(p.id_hash, p.prediction_id, 'sample'), p.prediction_id
            """;
        return new SqlStatement(
            text,
            [
                new("start", from.ToUnixTimeMilliseconds()),
                new("length", (long)length.TotalMilliseconds),
                new("from", from),
                new("to", to),
                new("limit", limit),
                .. VersionTexts.Parameters(model),
            ]
        );
    }

    private static void ReadRow(
        QueryRows rows,
        RowSample sample,
        IReadOnlyList<FeatureDefinition> features,
        IReadOnlyList<System.Collections.Immutable.ImmutableArray<string>> known
    )
    {
        sample.Versions.Add(rows.ReadString());
        sample.Predictions.Add(rows.ReadString());
        sample.PredictionValues.Add(rows.ReadDouble());
        sample.Scores.Add(rows.ReadDouble());
        sample.HasGroundTruth.Add(rows.ReadByte() != 0);
        sample.GroundTruths.Add(rows.ReadString());
        sample.GroundTruthValues.Add(rows.ReadDouble());
        for (var i = 0; i < features.Count; i++)
        {
            if (features[i].Type == FeatureType.Categorical)
                sample.AddText(i, rows.ReadNullableString());
            else
                sample.AddNumber(i, rows.ReadDouble());
        }

        var segments = new string?[known.Count];
        for (var i = 0; i < segments.Length; i++)
            segments[i] = SegmentTexts.ToldApart(rows.ReadNullableString(), known[i]);
        sample.Segments.Add(segments);
    }

    // A feature that came after the reference has no column in its table.
    private static string Expression(FeatureDefinition feature, HashSet<string>? stored = null)
    {
        var isThere = stored is null || stored.Contains(feature.Column);
        return feature.Type switch
        {
            FeatureType.Numeric => isThere ? $"toFloat64({feature.Column})" : "toFloat64(nan)",
            FeatureType.Boolean => isThere
                ? $"toFloat64(if(isNull({feature.Column}), nan, toFloat64(assumeNotNull({feature.Column}))))"
                : "toFloat64(nan)",
            _ => isThere ? $"CAST({feature.Column}, 'Nullable(String)')" : "CAST(NULL, 'Nullable(String)')",
        };
    }
}
