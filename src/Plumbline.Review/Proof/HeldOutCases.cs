using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Proof;

/// <summary>The held-out rows of a data set with the answer of the time and that of another version.</summary>
internal sealed class HeldOutCases(IColumnStore store, HeldOutAnswers answers)
{
    /// <summary>Rows that are compared at most, by a hash of their ids.</summary>
    public const int MostRows = 200_000;

    /// <summary>Labelled rows that both answered; none where the files are gone.</summary>
    public async Task<IReadOnlyList<ComparedCase>> ReadAsync(ModelDefinition model, HeldOutGiven given, CancellationToken cancellation)
    {
        if (answers.FilesOf(model, given) is not { } files)
            return [];
        var isNumber = model.Task == ModelTask.Regression;
        // A data set may leave the reason out.
        var reason = given.Dataset.Card!.Columns.Any(column => column.Name == "selection_reason") ? "ifNull(t.selection_reason, '')" : "''";
        var segments = SegmentTexts.Columns(model);
        var text = $$"""
            SELECT assumeNotNull(t.prediction_id) AS id, {{(
                isNumber
                    ? "-abs(assumeNotNull(t.prediction) - assumeNotNull(t.label)), -abs(a.answer_number - assumeNotNull(t.label))"
                    : "toFloat64(assumeNotNull(t.prediction = t.label)), toFloat64(assumeNotNull(a.answer = t.label))"
            )}}, {{reason}}, {{(isNumber ? "''" : "assumeNotNull(t.label)")}}{{string.Concat(
                Enumerable.Range(0, segments.Count).Select(i => $", s.s{i}")
            )}}
            FROM (SELECT * FROM file({test:String}, 'Parquet') WHERE isNotNull(label) AND isNotNull(prediction)) AS t
            INNER JOIN file({answers:String}, 'Parquet') AS a ON a.prediction_id = t.prediction_id
            LEFT JOIN (SELECT prediction_id, {{string.Join(", ", [.. segments, "1"])}} FROM {{ModelTables.Predictions(model.Id)}}
                WHERE role = 'primary' AND id_hash IN
                    (SELECT reinterpretAsUInt64(substring(SHA256(prediction_id), 1, 8)) FROM file({answers:String}, 'Parquet'))
                LIMIT 1 BY id_hash, prediction_id) AS s ON s.prediction_id = t.prediction_id
            ORDER BY sipHash64(id) LIMIT {{MostRows}}
            """;
        var statement = new SqlStatement(text, [new("test", files.Test), new("answers", files.Answers)]);
        using var rows = await store.QueryFilesAsync(statement, cancellation);
        return ComparedCase.Read(rows, segments.Count);
    }
}
