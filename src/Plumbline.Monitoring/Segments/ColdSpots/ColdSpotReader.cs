using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>The cold spots of a model: what the endpoint answers and the page shows.</summary>
/// <param name="State">Of the newest search since the server started: waiting, running, done, cancelled or failed; null when there was
/// none.</param>
/// <param name="Progress">0..1; null when there was none.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="Result">The newest finished search, also from before the server started; null when there is none.</param>
public sealed record ColdSpotView(JobState? State, double? Progress, string? Error, DateTimeOffset? AskedAt, ColdSpotReport? Result)
{
    /// <summary>True while a search waits or runs.</summary>
    public bool IsOpen => State?.IsOpen() == true;
}

/// <summary>Reads the state of the search and its last findings.</summary>
public sealed class ColdSpotReader(ColdSpotJobs jobs, IDbContextFactory<StateDbContext> state)
{
    public async Task<ColdSpotView> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        // The state before the result: a search that ends between the two shows as running with its result, not as done without.
        var job = jobs.Find(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var content = await db
            .ColdSpotRuns.Where(row => row.ModelId == model.Id)
            .OrderByDescending(row => row.Id)
            .Select(row => row.Content)
            .FirstOrDefaultAsync(cancellation);
        return new ColdSpotView(
            job?.State,
            job?.Progress,
            job?.Error,
            job?.AskedAt,
            content is null ? null : JsonSerializer.Deserialize<ColdSpotReport>(content, ColdSpotReport.Json)
        );
    }
}
