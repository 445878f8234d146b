using System.Text.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>
/// Asks each declared query for the windows that have ended since it was asked last, and stores what it gives as metric points: rules look
/// at these windows again. What was missed while a Prometheus was away is fetched when it is back.
/// </summary>
internal sealed class MachinePull(
    MachineQueryStore queries,
    PrometheusClient client,
    ModelCatalog models,
    MetricPointStore points,
    WindowLedger ledger,
    MachineOptions options,
    FailureLog failures,
    TimeProvider time,
    ILogger<MachinePull> log
) : WokenLoop(time, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10))
{
    /// <summary>How long after the end of a window its last values are waited for: a usual scrape interval.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        queries.Changed += Wake;
        await base.ExecuteAsync(stoppingToken);
        queries.Changed -= Wake;
    }

    protected override void Failed(Exception error) => log.PullFailed(error);

    protected override async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        var now = Time.GetUtcNow();
        var next = now + LongestSleep;
        foreach (var row in await queries.AllAsync(cancellation))
        {
            if (models.Find(row.ModelId) is not { } model)
                continue;
            var due = DueAt(row, model);
            if (due <= now)
                due = await PullAsync(row, model, now, cancellation) ? now : now + LongestSleep;
            next = due < next ? due : next;
        }

        return next > now ? next - now : TimeSpan.Zero;
    }

    private static DateTimeOffset DueAt(MachineQueryRow row, ModelDefinition model)
    {
        var window = DateTimeOffset.FromUnixTimeMilliseconds(row.PulledToMs) + model.Window + Settling;
        var pause = DateTimeOffset.FromUnixTimeMilliseconds(row.AskedAtMs ?? 0) + Pauses.After(row.Failures);
        return window > pause ? window : pause;
    }

    // True when there is more to ask at once.
    private async Task<bool> PullAsync(MachineQueryRow row, ModelDefinition model, DateTimeOffset now, CancellationToken cancellation)
    {
        var query = JsonSerializer.Deserialize<MachineQuery>(row.Definition, MachineQuery.Json)!;
        // The model's windows may have another length than when it was asked last.
        var oldest = model.WindowStart(now - options.Backfill);
        var from = model.WindowStart(DateTimeOffset.FromUnixTimeMilliseconds(row.PulledToMs));
        from = from < oldest ? oldest : from;
        var last = model.WindowStart(now - Settling);
        var most = from + (MachineWindows.AtOnce * model.Window);
        var to = last < most ? last : most;
        if (to <= from)
            return false;
        if (options.Find(query.Prometheus) is not { } connection)
        {
            var gone = $"there is no Prometheus '{query.Prometheus}' in the configuration any more";
            await queries.NoteAsync(row, from, gone, isFailure: true, cancellation);
            return false;
        }

        var step = MachineWindows.StepOf(model);
        var answer = await client.QueryRangeAsync(connection, query.For(model), (from, to - step), step, cancellation);
        if (answer.Problem is not null)
        {
            if (failures.IsDue($"machine query of {connection.Name}"))
                log.QueryFailed(MachineMetrics.ShortOf(row.Metric), model.Name, connection.Name, answer.Problem);
            await queries.NoteAsync(row, from, answer.Problem, isFailure: true, cancellation);
            return false;
        }

        var found = MachineWindows.Of(model, row.Metric, query.Across, answer.Series);
        if (found.Count > 0)
        {
            await points.WriteAsync(model.Id, found, cancellation);
            await ledger.MarkDirtyAsync(model.Id, [.. found.Select(point => point.WindowStart)], DirtyReason.Machine, cancellation);
        }

        var isWell = found.Count > 0 && found[^1].WindowEnd >= to;
        await queries.NoteAsync(row, to, isWell ? answer.Warning : NoData(found, answer, to), isFailure: false, cancellation);
        return to < last;
    }

    private static string NoData(IReadOnlyList<MetricPoint> found, PrometheusAnswer answer, DateTimeOffset to) =>
        answer.Series.Count == 0 ? $"the query gave no series up to {to.UtcDateTime:yyyy-MM-dd HH:mm} UTC: is its selector right?"
        : found.Count == 0 ? $"the query gave no numbers up to {to.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
        : $"the query gave nothing after {found[^1].WindowEnd.UtcDateTime:yyyy-MM-dd HH:mm} UTC";
}
