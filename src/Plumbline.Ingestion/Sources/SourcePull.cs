using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Intake;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.State;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// Reads what is new in a source, page by page. A page's rows go the way of rows that come over HTTP; when they are durable the cursor
/// moves behind them. Whatever breaks between the two makes the page come again, and its rows are recognised.
/// </summary>
internal sealed class SourcePull(
    IDbContextFactory<StateDbContext> state,
    SourceTables tables,
    RefusedRows refusedRows,
    EventLimits limits,
    EventIntake intake,
    IngestionProgress progress,
    TimeProvider time
)
{
    private const int RowsAtOnce = 10_000;
    private const int RejectedRowsKept = 5;
    private static readonly TimeSpan PatienceWithFullSpool = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PauseWithFullSpool = TimeSpan.FromMilliseconds(100);

    /// <summary>Pulls until the table's end. False when the source was changed or removed meanwhile, which ends a pull early.</summary>
    /// <exception cref="SourceException">The source cannot be read; what was read before is kept, and the cursor is behind it.</exception>
    public async Task<bool> RunAsync(ModelDefinition model, OutcomeSourceRow row, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        var source = SourceCatalog.Read(row);
        await using var table = await tables.OpenAsync(source, cancellation);
        var shape = SourceShape.Of(source, await table.ReadColumnsAsync(cancellation));
        CheckUnchanged(row, source, shape);
        var cursor = row.CursorWatermark is { } watermark ? new SourcePosition(watermark, row.CursorTie) : default(SourcePosition?);
        var start = SourceOverlap.StartOf(row, source, shape);
        var looksBack = start.IsIncluded;
        // Rows with a time to come are read when it has come: a cursor in the future would pass by all that is written until then.
        var until = (began - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var refused = refusedRows.Begin(row);
        while (true)
        {
            await WaitForRoomAsync(cancellation);
            var page = await TakePageAsync(model, shape, PageAsync(table, shape, start, until, cancellation), refused, cancellation);
            if (page.Last is { } last)
            {
                // While it looks back it meets the rows of the cursor's own watermark again: they are no progress.
                var moves =
                    cursor is not { } present || last.Watermark > present.Watermark || (last.Watermark == present.Watermark && !looksBack);
                if (moves)
                    cursor = last;
                if (!await SaveAsync(row, shape, page, moves ? last : null, began, cancellation))
                    return false;
                start = new PageStart(last, IsIncluded: false);
            }

            var isLast = page.Rows < source.Page;
            // What is counted from here on is counted; until the end is reached, rows of earlier pulls may still come.
            refused.Save(isComplete: isLast);
            if (isLast)
                return await CompleteAsync(row, shape, source, began, cancellation);
        }
    }

    private static async IAsyncEnumerable<SourceRecord> PageAsync(
        ISourceTable table,
        SourceShape shape,
        PageStart start,
        long until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var records = table.ReadPageAsync(shape, start, until, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await records.MoveNextAsync())
                    yield break;
            }
            catch (SourceException gone) when (gone.Code == SourceErrorCode.ColumnMissing)
            {
                // It went between the look at the columns and the reading: another look says which, and what is there instead.
                _ = SourceShape.Of(shape.Source, await table.ReadColumnsAsync(cancellation));
                throw;
            }

            yield return records.Current;
        }
    }

    private static void CheckUnchanged(OutcomeSourceRow row, SourceSpecification source, SourceShape shape)
    {
        if (row.Shape is { } known)
            shape.CheckUnchanged(known);
        if (row.CursorWatermark is not null && row.CursorIsTime != shape.IsByTime)
        {
            throw new SourceException(
                SourceErrorCode.SchemaChanged,
                $"The watermark '{source.Watermark}' was {(row.CursorIsTime ? "a time" : "an integer")} and is "
                    + $"{(shape.IsByTime ? "a time" : "an integer")} now. Change it back, or declare the source under another name."
            );
        }
    }

    private async Task<PulledPage> TakePageAsync(
        ModelDefinition model,
        SourceShape shape,
        IAsyncEnumerable<SourceRecord> records,
        RefusedRows.Pull refused,
        CancellationToken cancellation
    )
    {
        var page = new PulledPage();
        using var events = new RecordEvents(shape, model.Task == ModelTask.Regression, limits);
        var positions = new List<SourcePosition>(RowsAtOnce);
        events.Begin(DecodeContexts.Of(model, time.GetUtcNow()));
        await foreach (var record in records.WithCancellation(cancellation))
        {
            if (!events.Add(record) && refused.IsNew(record.Position))
                page.Rejected++;
            positions.Add(record.Position);
            if (positions.Count < RowsAtOnce && events.Batch.Bytes < limits.ChunkBytes)
                continue;
            await TakeAsync(model, events.Batch, positions, shape, page, cancellation);
            positions.Clear();
            events.Begin(DecodeContexts.Of(model, time.GetUtcNow()));
        }

        await TakeAsync(model, events.Batch, positions, shape, page, cancellation);
        return page;
    }

    private async Task TakeAsync(
        ModelDefinition model,
        EventBatch batch,
        List<SourcePosition> positions,
        SourceShape shape,
        PulledPage page,
        CancellationToken cancellation
    )
    {
        if (positions.Count == 0)
            return;
        var result = await intake.AppendAsync(model, batch, PatienceWithFullSpool, cancellation, isReread: true);
        if (result.Outcome == AppendOutcome.Full)
            throw SpoolFull();

        page.Rows += positions.Count;
        page.Last = positions[^1];
        page.Taken += result.Accepted;
        page.Duplicates += result.Duplicates;
        foreach (var rejection in batch.Rejections.Take(RejectedRowsKept - page.RejectedRows.Count))
        {
            var (watermark, tie) = positions[(int)rejection.Index];
            page.RejectedRows.Add(
                new RejectedSourceRow(
                    $"{shape.Watermark.Name} "
                        + $"{SourceReader.TextOf(watermark, shape.IsByTime)}{(tie is null ? "" : $", {shape.TieBreaker!.Name} {tie}")}",
                    rejection.Code,
                    rejection.Field,
                    rejection.Detail
                )
            );
        }
    }

    private async Task<bool> SaveAsync(
        OutcomeSourceRow row,
        SourceShape shape,
        PulledPage page,
        SourcePosition? cursor,
        DateTimeOffset began,
        CancellationToken cancellation
    )
    {
        var beganMs = began.ToUnixTimeMilliseconds();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var rejected = page.RejectedRows.Count > 0 ? JsonSerializer.Serialize(page.RejectedRows, SourceSpecification.Json) : null;
        var isByTime = shape.IsByTime;
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
                .OutcomeSources.Where(known => known.Id == row.Id && known.Generation == row.Generation)
                .ExecuteUpdateAsync(
                    set =>
                    {
                        set.SetProperty(known => known.Taken, known => known.Taken + page.Taken)
                            .SetProperty(known => known.Duplicates, known => known.Duplicates + page.Duplicates)
                            .SetProperty(known => known.Rejected, known => known.Rejected + page.Rejected);
                        if (rejected is not null)
                            set.SetProperty(known => known.RejectedRows, rejected);
                        if (cursor is { } position)
                        {
                            set.SetProperty(known => known.CursorWatermark, position.Watermark)
                                .SetProperty(known => known.CursorTie, position.Tie)
                                .SetProperty(known => known.CursorIsTime, isByTime)
                                .SetProperty(known => known.CursorMovedMs, now)
                                .SetProperty(known => known.PullBeganMs, beganMs);
                        }
                    },
                    cancellation
                ) > 0;
    }

    private async Task<bool> CompleteAsync(
        OutcomeSourceRow row,
        SourceShape shape,
        SourceSpecification source,
        DateTimeOffset began,
        CancellationToken cancellation
    )
    {
        var described = shape.Describe();
        var now = time.GetUtcNow();
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
                .OutcomeSources.Where(known => known.Id == row.Id && known.Generation == row.Generation)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(known => known.Shape, described)
                            .SetProperty(known => known.PullBeganMs, began.ToUnixTimeMilliseconds())
                            .SetProperty(known => known.CompleteBeganMs, began.ToUnixTimeMilliseconds())
                            .SetProperty(known => known.LastPullMs, now.ToUnixTimeMilliseconds())
                            .SetProperty(known => known.NextPullMs, (now + source.Every).ToUnixTimeMilliseconds())
                            .SetProperty(known => known.Failures, 0)
                            .SetProperty(known => known.FailingSinceMs, (long?)null)
                            .SetProperty(known => known.ErrorCode, (string?)null)
                            .SetProperty(known => known.Error, (string?)null),
                    cancellation
                ) > 0;
    }

    // History can wait, traffic cannot: a pull leaves half of the spool to those who post.
    private async Task WaitForRoomAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (progress.SpoolBytes > progress.SpoolMaxBytes / 2)
        {
            if (time.GetElapsedTime(began) > PatienceWithFullSpool)
                throw SpoolFull();
            await Task.Delay(PauseWithFullSpool, time, cancellation);
        }
    }

    private static SourceException SpoolFull() =>
        new(
            SourceErrorCode.SpoolFull,
            $"The spool has had no room for {PatienceWithFullSpool.TotalMinutes:N0} minutes: the column store is slower than what "
                + "arrives. The pull goes on when there is room."
        );

    private sealed class PulledPage
    {
        public int Rows { get; set; }

        public SourcePosition? Last { get; set; }

        public long Taken { get; set; }

        public long Duplicates { get; set; }

        public long Rejected { get; set; }

        public List<RejectedSourceRow> RejectedRows { get; } = [];
    }
}
