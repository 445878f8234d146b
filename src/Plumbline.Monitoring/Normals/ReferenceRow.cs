using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Normals;

/// <summary>A row of a reference: its answer and its ground truth, as performance reads them.</summary>
/// <param name="Time">Seconds since 1970; 0 where the reference has no timestamps.</param>
/// <param name="Confidence">Probability of the answer; NaN where there is none.</param>
/// <param name="Outcome">The rest, as a group of one row.</param>
internal sealed record ReferenceRow(long Time, double Confidence, LabelledGroup Outcome)
{
    /// <summary>Rows that are read at most; of more, a sample that their ids decide.</summary>
    private const int MostRows = 200_000;

    /// <summary>Reads the answered rows of a reference.</summary>
    public static async Task<List<ReferenceRow>> ReadAsync(
        IColumnStore store,
        ModelDefinition model,
        Baseline baseline,
        IReadOnlyList<System.Collections.Immutable.ImmutableArray<string>> known,
        CancellationToken cancellation
    )
    {
        var (source, parameters) = ReferenceSource.Of(model, baseline);
        var regression = model.Task == ModelTask.Regression;
        var segments = Segments(model, baseline);
        var text = $$"""
            SELECT toInt64(toUnixTimestamp(timestamp)), prediction, prediction_value, score, confidence,
                toUInt8({{(regression ? "NOT isNaN(truth_number)" : "truth != ''")}}), truth,
                truth_number{{string.Concat(segments.Select(segment => ", " + segment))}}
            FROM ({{source}})
            WHERE {{(regression ? "isFinite(prediction_value)" : "prediction != ''")}}
                AND sipHash64(id_hash, prediction_id, 'normal') % {every:UInt32} = 0
            """;
        var every = (uint)Math.Max(1, (baseline.Rows + MostRows - 1) / MostRows);
        var read = new List<ReferenceRow>();
        using var rows = await store.QueryAsync(new SqlStatement(text, [.. parameters, new("every", every)]), cancellation);
        while (rows.Read())
        {
            var time = rows.ReadInt64();
            var (prediction, value, score, confidence) = (rows.ReadString(), rows.ReadDouble(), rows.ReadDouble(), rows.ReadDouble());
            var (isLabelled, truth, truthValue) = (rows.ReadByte() != 0, rows.ReadString(), rows.ReadDouble());
            var values = new string?[segments.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = SegmentTexts.ToldApart(rows.ReadNullableString(), known[i]);
            read.Add(
                new ReferenceRow(
                    time,
                    confidence,
                    new LabelledGroup
                    {
                        Window = 0,
                        Version = "",
                        Segments = values,
                        HasGroundTruth = isLabelled,
                        GroundTruth = truth,
                        GroundTruthValue = truthValue,
                        Prediction = prediction,
                        PredictionValue = value,
                        Score = score,
                        Probabilities = [],
                        Count = 1,
                    }
                )
            );
        }

        return read;
    }

    // Features that the reference does not have, and slices over them, are no segments there.
    private static List<string> Segments(ModelDefinition model, Baseline baseline) =>
        [
            .. SegmentTexts
                .Expressions(model)
                .Select(
                    (expression, i) =>
                        i < model.Segments.Length && baseline.Features.ContainsKey(model.Segments[i])
                            ? expression
                            : "CAST(NULL, 'Nullable(String)')"
                ),
        ];
}
