using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Datasets;
using Plumbline.Store;

namespace Plumbline.Review.Proof;

/// <summary>That a version answered held-out rows.</summary>
/// <param name="Id">Names its file.</param>
/// <param name="Dataset">The data set's version whose test split it answered.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Rows">Rows with an answer.</param>
/// <param name="GivenAt">When it was told.</param>
/// <param name="GivenBy">By whom.</param>
public sealed record HeldOutGiven(int Id, DatasetVersion Dataset, string Version, long Rows, DateTimeOffset GivenAt, string GivenBy);

/// <summary>
/// What versions answer to rows that they were not trained with, as whoever trained them tells: the test split of a data set. Kept in a
/// file beside it, in the folder that goes with the data set.
/// </summary>
public sealed class HeldOutAnswers(
    IColumnStore store,
    DatasetStore datasets,
    DatasetFiles files,
    DatasetDownloads downloads,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time
)
{
    /// <summary>
    /// Keeps the answers of a version, in place of those that it gave before to the same rows.
    /// </summary>
    /// <returns>How many were rows of the test split; null where the data set has none.</returns>
    internal async Task<long?> KeepAsync(
        ModelDefinition model,
        DatasetVersion dataset,
        string version,
        IReadOnlyCollection<HeldOutAnswer> answers,
        string by,
        CancellationToken cancellation
    )
    {
        if (files.Find(model.Id, dataset.DatasetId, dataset.Number, "test") is not { } test)
            return null;
        var written = downloads.NewPath(".answers");
        var kept = await WriteAsync(test, written, answers, cancellation);
        if (kept == 0)
        {
            File.Delete(written);
            return 0;
        }

        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.HeldOutAnswers.FirstOrDefaultAsync(
            row => row.DatasetId == dataset.DatasetId && row.Number == dataset.Number && row.Version == version,
            cancellation
        );
        if (row is null)
        {
            row = new HeldOutRow
            {
                ModelId = model.Id,
                DatasetId = dataset.DatasetId,
                Number = dataset.Number,
                Version = version,
                GivenBy = by,
            };
            db.Add(row);
        }

        (row.Rows, row.GivenAtMs, row.GivenBy) = (kept, time.GetUtcNow().ToUnixTimeMilliseconds(), by);
        await db.SaveChangesAsync(cancellation);
        File.Move(written, PathOf(model, dataset, row.Id), overwrite: true);
        return kept;
    }

    /// <summary>What a version answered, the newest first; every version's where none is named.</summary>
    public async Task<IReadOnlyList<HeldOutGiven>> ReadAsync(ModelDefinition model, string? version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .HeldOutAnswers.AsNoTracking()
            .Where(row => row.ModelId == model.Id && (version == null || row.Version == version))
            .OrderByDescending(row => row.GivenAtMs)
            .ToListAsync(cancellation);
        var stored = (await datasets.ReadAsync(model, cancellation)).ToDictionary(dataset => dataset.Id);
        List<HeldOutGiven> given = [];
        foreach (var row in rows)
        {
            if (
                stored.TryGetValue(row.DatasetId, out var dataset)
                && await datasets.FindVersionAsync(dataset, row.Number, cancellation) is { } found
                && File.Exists(PathOf(model, found, row.Id))
            )
            {
                given.Add(
                    new HeldOutGiven(
                        row.Id,
                        found,
                        row.Version,
                        row.Rows,
                        DateTimeOffset.FromUnixTimeMilliseconds(row.GivenAtMs),
                        row.GivenBy
                    )
                );
            }
        }

        return given;
    }

    /// <summary>The two files whose rows belong together: what was right and answered then, and what the version answers.</summary>
    internal (string Test, string Answers)? FilesOf(ModelDefinition model, HeldOutGiven given) =>
        files.Find(model.Id, given.Dataset.DatasetId, given.Dataset.Number, "test") is { } test
            ? (test, PathOf(model, given.Dataset, given.Id))
            : null;

    private string PathOf(ModelDefinition model, DatasetVersion dataset, int id) =>
        Path.Combine(
            files.FolderOf(model.Id, dataset.DatasetId, dataset.Number),
            string.Create(CultureInfo.InvariantCulture, $"answers-{id}.parquet")
        );

    private async Task<long> WriteAsync(
        string test,
        string path,
        IReadOnlyCollection<HeldOutAnswer> answers,
        CancellationToken cancellation
    )
    {
        var table = DatasetWork.NameOfTable("answers");
        await store.ExecuteAsync(
            new SqlStatement($"CREATE TABLE {table} (prediction_id String, answer String, answer_number Float64) ENGINE = Memory"),
            cancellation
        );
        try
        {
            using var rows = new RowBinaryBuffer();
            foreach (var answer in answers)
            {
                rows.WriteString(answer.PredictionId);
                rows.WriteString(answer.Answer);
                rows.WriteDouble(answer.Number);
            }

            await store.InsertAsync(
                table,
                ["prediction_id", "answer", "answer_number"],
                rows.Written,
                deduplicationToken: null,
                cancellation
            );
            var held =
                $$"""FROM {{table}} WHERE prediction_id IN (SELECT assumeNotNull(prediction_id) FROM file({test:String}, 'Parquet'))""";
            long kept;
            using (var counted = await store.QueryFilesAsync(new SqlStatement($"SELECT count() {held}", [new("test", test)]), cancellation))
                kept = counted.Read() ? (long)counted.ReadUInt64() : 0;
            await store.ExecuteAsync(
                new SqlStatement(
                    $$"""
                    INSERT INTO FUNCTION file({output:String}, 'Parquet', 'prediction_id String, answer String, answer_number Float64')
                    SELECT prediction_id, answer, answer_number {{held}} ORDER BY prediction_id
                    """,
                    [new("output", path), new("test", test)]
                ),
                cancellation
            );
            return kept;
        }
        finally
        {
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), CancellationToken.None);
        }
    }
}
