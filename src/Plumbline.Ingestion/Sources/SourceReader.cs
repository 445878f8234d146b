using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.State;

namespace Plumbline.Ingestion.Sources;

/// <summary>How a source is.</summary>
public enum SourceState
{
    /// <summary>Never pulled to the end yet, and nothing is wrong.</summary>
    Waiting,

    /// <summary>It is being pulled.</summary>
    Pulling,

    /// <summary>The last pull was good.</summary>
    Ok,

    /// <summary>The last pull failed; see the error.</summary>
    Failing,

    /// <summary>Switched off.</summary>
    Disabled,
}

/// <summary>A row that was refused.</summary>
/// <param name="Row">Which: its watermark and tie breaker.</param>
/// <param name="Code">As for rows that come over HTTP.</param>
public sealed record RejectedSourceRow(string Row, string Code, string? Field, string Detail);

/// <summary>Why a source is failing.</summary>
public sealed record SourceError(string Code, string Message, DateTimeOffset Since, int Failures);

/// <summary>A source as pages and the HTTP API show it.</summary>
/// <param name="Cursor">Watermark of the last row that was taken, null before the first.</param>
/// <param name="CaughtUpAt">When the table's end was last reached.</param>
/// <param name="BehindSeconds">Seconds since then, null before the first.</param>
/// <param name="Duplicates">Rows that were known, most of them read again on purpose.</param>
/// <param name="Rejected">Refused rows, counted each time they were read.</param>
public sealed record SourceView(
    string Name,
    string Connection,
    string? Kind,
    OutcomeKind Gives,
    SourceState State,
    string? Cursor,
    DateTimeOffset? LastPullAt,
    DateTimeOffset? CaughtUpAt,
    double? BehindSeconds,
    DateTimeOffset? NextPullAt,
    long RowsTaken,
    long Duplicates,
    long Rejected,
    IReadOnlyList<RejectedSourceRow> RejectedRows,
    SourceError? Error,
    string ChangedBy,
    DateTimeOffset ChangedAt,
    SourceSpecification Source
)
{
    /// <summary>How it is written: null where there is nothing.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(SourceSpecification.Json) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never };
}

/// <summary>Reads sources with how they are; the page and the endpoint share it.</summary>
public sealed class SourceReader(IDbContextFactory<StateDbContext> state, SourcesOptions options, RunningPulls running, TimeProvider time)
{
    /// <summary>The sources of a model by name.</summary>
    public async Task<IReadOnlyList<SourceView>> ReadAsync(int modelId, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .OutcomeSources.AsNoTracking()
            .Where(row => row.ModelId == modelId)
            .OrderBy(row => row.Name)
            .ToListAsync(cancellation);
        return [.. rows.Select(View)];
    }

    /// <summary>One source, or null.</summary>
    public async Task<SourceView?> FindAsync(int modelId, string name, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        return
            await db.OutcomeSources.AsNoTracking().FirstOrDefaultAsync(row => row.ModelId == modelId && row.Name == name, cancellation)
                is { } row
            ? View(row)
            : null;
    }

    /// <summary>A watermark as people write it.</summary>
    internal static string TextOf(long watermark, bool isTime) =>
        isTime
            ? DateTimeOffset
                .UnixEpoch.AddTicks(watermark * TimeSpan.TicksPerMicrosecond)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
            : watermark.ToString(CultureInfo.InvariantCulture);

    private SourceView View(OutcomeSourceRow row)
    {
        var source = SourceCatalog.Read(row);
        var caughtUp = TimeOf(row.CompleteBeganMs);
        return new SourceView(
            row.Name,
            source.Connection,
            options.Find(source.Connection)?.Kind,
            source.Gives,
            StateOf(row),
            row.CursorWatermark is { } watermark ? TextOf(watermark, row.CursorIsTime) : null,
            TimeOf(row.LastPullMs),
            caughtUp,
            caughtUp is { } at ? Math.Max(0, (time.GetUtcNow() - at).TotalSeconds) : null,
            row.Enabled ? TimeOf(row.NextPullMs) : null,
            row.Taken,
            row.Duplicates,
            row.Rejected,
            row.RejectedRows is { } rejected
                ? JsonSerializer.Deserialize<List<RejectedSourceRow>>(rejected, SourceSpecification.Json)!
                : [],
            row.Error is { } error ? new SourceError(row.ErrorCode!, error, TimeOf(row.FailingSinceMs)!.Value, row.Failures) : null,
            row.ChangedBy,
            TimeOf(row.ChangedAtMs)!.Value,
            source
        );
    }

    private SourceState StateOf(OutcomeSourceRow row) =>
        row switch
        {
            { Enabled: false } => SourceState.Disabled,
            { Error: not null } => SourceState.Failing,
            _ when running.Contains(row.Id) => SourceState.Pulling,
            { CompleteBeganMs: null } => SourceState.Waiting,
            _ => SourceState.Ok,
        };

    private static DateTimeOffset? TimeOf(long? milliseconds) =>
        milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}
