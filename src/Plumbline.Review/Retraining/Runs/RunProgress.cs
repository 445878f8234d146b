using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>
/// Takes what is heard of runs, from callbacks and from questions alike. The version that a run made is declared before the run is noted
/// as ended: a server that dies in between hears it again, and does the same again.
/// </summary>
public sealed class RunProgress(
    RunStore runs,
    ModelCatalog models,
    VersionDeclaration versions,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time
)
{
    /// <summary>Longest JSON of what a run measured, in characters.</summary>
    public const int MaxMetrics = 16 * 1024;

    /// <summary>Notes a report.</summary>
    /// <returns>Whether anything was new; false for a run that has ended, and for what was known.</returns>
    public async Task<bool> ReportAsync(RetrainingRunRow run, RunReport report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (run.StateIs.HasEnded())
            return false;
        var remark = report is { State: RunState.Succeeded, Version: { } version }
            ? await DeclareAsync(run, version, report.Metrics ?? run.Metrics, cancellation)
            : null;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isNew = false;
        await runs.ChangeAsync(
            run.Id,
            row =>
            {
                var known = (row.State, row.Version, row.Message, row.Metrics);
                // It never goes back: reports may overtake each other.
                if (report.State > row.StateIs)
                    row.StateIs = report.State;
                row.Version = report.Version ?? row.Version;
                row.Message = (report.Message, remark) switch
                {
                    (null, null) => row.Message,
                    (null, _) => remark,
                    (_, null) => report.Message,
                    _ => $"{report.Message} ({remark})",
                };
                row.Metrics = report.Metrics ?? row.Metrics;
                row.HeardAtMs = now;
                isNew = known != (row.State, row.Version, row.Message, row.Metrics);
                return true;
            },
            cancellation
        );
        return isNew;
    }

    // The version as a candidate: what it was declared with before stays. Gives why it could not be; null when it could.
    private async Task<string?> DeclareAsync(RetrainingRunRow run, string version, string? metrics, CancellationToken cancellation)
    {
        if (models.Find(run.ModelId) is not { } model)
            return null;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var before = await db
            .ModelVersions.Where(row => row.ModelId == model.Id && row.Version == version)
            .Select(row => row.Declaration)
            .FirstOrDefaultAsync(cancellation);
        var declared = before is null ? [] : JsonNode.Parse(before) as JsonObject ?? [];
        declared["stage"] ??= "shadow";
        declared["run"] = run.Key;
        declared["description"] ??= $"Retrained: {run.Reason}";
        if (run.Dataset is not null && run.DatasetVersion is { } number)
            declared["dataset"] = new JsonObject { ["name"] = run.Dataset, ["version"] = number };
        if (metrics is not null)
            declared["metrics"] ??= JsonNode.Parse(metrics);
        return await versions.DeclareAsync(model, version, declared.ToJsonString(JsonSerializerOptions.Web), cancellation) is { } problem
            ? $"the version was not declared: {problem.Reason}"
            : null;
    }
}
