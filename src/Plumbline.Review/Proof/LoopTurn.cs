using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Proof;

/// <summary>An incident that was open while the rows of a data set were predicted.</summary>
public sealed record TurnIncident(long Id, string Headline, AlertSeverity Severity, DateTimeOffset Onset, DateTimeOffset? ResolvedAt);

/// <summary>One turn of the loop, step by step: from incidents to a version that is promoted, or not yet.</summary>
/// <param name="Incidents">Incidents of the model that were open in the time of the data set, the most urgent first.</param>
/// <param name="Tasks">Review tasks of that time that came to a value.</param>
/// <param name="Wrong">Those where the model had been wrong; of numbers null.</param>
/// <param name="ByRobots">Those that only scripts answered.</param>
/// <param name="Dataset">The data set of the run; null without one.</param>
/// <param name="Run">The run.</param>
/// <param name="Stage">Where its version stands; null before there is one.</param>
/// <param name="PromotedAt">When the version was promoted; null when it was not.</param>
/// <param name="PromotedBy">By whom.</param>
public sealed record LoopTurn(
    IReadOnlyList<TurnIncident> Incidents,
    int Tasks,
    int? Wrong,
    int ByRobots,
    DatasetVersion? Dataset,
    RetrainingRunRow Run,
    string? Stage,
    DateTimeOffset? PromotedAt,
    string? PromotedBy
);

/// <summary>Puts together what a run came from and what came of it.</summary>
public sealed class LoopTurnReading(
    IncidentReader incidents,
    DatasetStore datasets,
    VersionDeclaration versions,
    IDbContextFactory<StateDbContext> state
)
{
    private const int MostIncidents = 20;

    /// <summary>The turn of a run.</summary>
    public async Task<LoopTurn> ReadAsync(ModelDefinition model, RetrainingRunRow run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(run);
        var dataset =
            run.Dataset is { } name && run.DatasetVersion is { } number && await datasets.FindAsync(model, name, cancellation) is { } stored
                ? await datasets.FindVersionAsync(stored, number, cancellation)
                : null;
        var (from, to) = (
            dataset?.Card?.From ?? DateTimeOffset.FromUnixTimeMilliseconds(run.RequestedAtMs),
            DateTimeOffset.FromUnixTimeMilliseconds(run.RequestedAtMs)
        );
        var (tasks, wrong, robots) = await TasksAsync(model, from, to, cancellation);
        var declared = run.Version is null ? null : await versions.FindAsync(model, run.Version, cancellation);
        return new LoopTurn(
            await IncidentsAsync(model, from, to, cancellation),
            tasks,
            model.Task == ModelTask.Regression ? null : wrong,
            robots,
            dataset,
            run,
            (string?)declared?["stage"],
            DateTimeOffset.TryParse((string?)declared?["promotion"]?["at"], out var at) ? at : null,
            (string?)declared?["promotion"]?["by"]
        );
    }

    private async Task<IReadOnlyList<TurnIncident>> IncidentsAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var query = new IncidentQuery
        {
            ModelId = model.Id,
            AtLeast = AlertSeverity.Warning,
            ByUrgency = true,
            Limit = 200,
        };
        return
        [
            .. (await incidents.ListAsync(query, cancellation))
                .Where(incident => incident.Onset < to && (incident.ResolvedAt is null || incident.ResolvedAt > from))
                .Take(MostIncidents)
                .Select(one => new TurnIncident(one.Id, one.Headline, one.Severity, one.Onset, one.ResolvedAt)),
        ];
    }

    private async Task<(int Tasks, int Wrong, int ByRobots)> TasksAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        var answers = db.ReviewAnswers;
        var done = db.ReviewTasks.Where(task =>
            task.ModelId == model.Id
            && task.State == (int)TaskState.Done
            && task.Gold == null
            && task.TimestampMs >= fromMs
            && task.ResolvedAtMs <= toMs
        );
        return (
            await done.CountAsync(cancellation),
            await done.CountAsync(task => task.Answer != task.Resolved, cancellation),
            await done.CountAsync(
                task => !answers.Any(answer => answer.TaskId == task.Id && answer.WithdrawnAtMs == null && !answer.IsRobot),
                cancellation
            )
        );
    }
}
