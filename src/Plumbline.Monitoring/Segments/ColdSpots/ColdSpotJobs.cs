using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>Runs searches, one at a time and one per model, and stores what they found.</summary>
public sealed class ColdSpotJobs(
    ColdSpotSearch search,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time,
    ILogger<ColdSpotJobs> log
) : IDisposable
{
    /// <summary>Searches that wait or run; more than this are refused.</summary>
    public const int MaxOpen = 20;

    /// <summary>Finished searches kept of each model.</summary>
    public const int Kept = 10;

    private static readonly TimeSpan PatienceWithRemoved = TimeSpan.FromSeconds(10);

    // One per model: its last search is known for as long as the model, which the daily search relies on. What it found is read from
    // where it is stored.
    private readonly JobQueue<int, ColdSpotRequest, DateTimeOffset?> _jobs = new(MaxOpen, int.MaxValue, time, log);

    /// <summary>Starts one. A model's open search is answered instead of a second one; null when too many are open.</summary>
    public Job<ColdSpotRequest, DateTimeOffset?>? Start(ModelDefinition model, ColdSpotRequest request) =>
        _jobs.Start(
            model.Id,
            request,
            $"The search for cold spots of {model.Name}",
            async (progress, cancellation) =>
            {
                var report = await search.RunAsync(model, request, progress, cancellation);
                await StoreAsync(model, report, cancellation);
                return report.ComputedAt;
            }
        );

    /// <summary>The newest search of a model since the server started, or null.</summary>
    public Job<ColdSpotRequest, DateTimeOffset?>? Find(ModelDefinition model) => _jobs.Find(model.Id);

    /// <summary>Waits until the model's search is done, at most so long.</summary>
    public Task WaitAsync(ModelDefinition model, TimeSpan atMost, CancellationToken cancellation) =>
        _jobs.WaitAsync(model.Id, atMost, cancellation);

    /// <summary>Stops the model's search. False when none is open.</summary>
    public bool Cancel(ModelDefinition model) => _jobs.Cancel(model.Id);

    /// <summary>Forgets a deleted model.</summary>
    public async Task RemoveAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await _jobs.ForgetAsync(id => id == model.Id, PatienceWithRemoved, cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.ColdSpotRuns.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.Dispose();

    private async Task StoreAsync(ModelDefinition model, ColdSpotReport report, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        db.ColdSpotRuns.Add(
            new ColdSpotRunRow
            {
                ModelId = model.Id,
                ComputedAtMs = report.ComputedAt.ToUnixTimeMilliseconds(),
                Content = JsonSerializer.Serialize(report, ColdSpotReport.Json),
            }
        );
        await db.SaveChangesAsync(cancellation);
        var old = db.ColdSpotRuns.Where(row => row.ModelId == model.Id).OrderByDescending(row => row.Id).Skip(Kept).Select(row => row.Id);
        await db.ColdSpotRuns.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }
}
