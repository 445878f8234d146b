using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Text;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Tasks;
using Plumbline.Store;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>What is true of a trigger now.</summary>
/// <param name="Words">Why it fires, or why it does not.</param>
/// <param name="Wish">The run that it asks for; null when it does not fire.</param>
/// <param name="BlockedBy">The incident that is in the way; null for none.</param>
/// <param name="LastRun">Its newest run; null for none.</param>
public sealed record TriggerStatus(string Words, RunWish? Wish = null, long? BlockedBy = null, RetrainingRunRow? LastRun = null);

/// <summary>
/// Says whether a trigger fires. It only looks: the same state gives the same answer, with the same occasion, about which a trigger fires
/// once.
/// </summary>
public sealed class TriggerEvaluation(
    IDbContextFactory<StateDbContext> state,
    MetricPointStore points,
    QualityBlock quality,
    IColumnStore store,
    TimeProvider time
)
{
    // So many windows back for as many that have a value.
    private const int LookBack = 10;

    /// <summary>What is true of a trigger.</summary>
    public async Task<TriggerStatus> OfAsync(ModelDefinition model, StoredTrigger stored, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stored);
        var trigger = stored.Trigger;
        var history = await HistoryAsync(model, trigger, cancellation);
        if (!trigger.Enabled)
            return new("switched off", LastRun: history.Last);
        if (Resting(trigger, history) is { } rest)
            return new(rest, LastRun: history.Last);
        var found = await ConditionsAsync(model, stored, history, cancellation);
        var waiting = $"waits: {string.Join("; ", found.Select(condition => condition.Words))}";
        if (found.FirstOrDefault(condition => condition.Occasion is not null) is not { } fires)
            return new(waiting, LastRun: history.Last);
        if (trigger.MinimumNewLabels > 0)
        {
            var labels = await LabelsAsync(model, history.TrainedAtMs, cancellation);
            if (labels < trigger.MinimumNewLabels)
            {
                var of = $"{Figures.Count(labels)} of {Figures.Count(trigger.MinimumNewLabels)} new labels";
                return new($"{fires.Words}, but waits for labels: {of}", LastRun: history.Last);
            }
        }

        if (await quality.FindAsync(model, cancellation) is { } incident)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"blocked by incident {incident.Id}: {incident.Headline}");
            return new($"{fires.Words}, but {words}", BlockedBy: incident.Id, LastRun: history.Last);
        }

        var wish = new RunWish(trigger.Target, trigger.Dataset, fires.Words, $"trigger {trigger.Name}")
        {
            Trigger = trigger.Name,
            Occasion = fires.Occasion,
            Evidence = fires.Evidence,
            NeedsApproval = trigger.Approval,
        };
        return new($"fires: {fires.Words}", wish, LastRun: history.Last);
    }

    private string? Resting(RetrainingTrigger trigger, History history)
    {
        if (history.Last is not { } last)
            return null;
        if (!last.StateIs.HasEnded())
            return last.NeedsApproval ? "its run waits for somebody's word" : $"its run is {last.StateIs.Word()}";
        var now = time.GetUtcNow();
        var until = DateTimeOffset.FromUnixTimeMilliseconds(last.RequestedAtMs) + trigger.CoolDown;
        if (until > now)
            return $"cools down until {until.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}";
        return history.LastDay >= trigger.MaxPerDay ? $"{Figures.Count(history.LastDay)} runs in 24 hours are enough" : null;
    }

    private async Task<History> HistoryAsync(ModelDefinition model, RetrainingTrigger trigger, CancellationToken cancellation)
    {
        var dayAgo = (time.GetUtcNow() - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var runs = db.RetrainingRuns.AsNoTracking().Where(row => row.ModelId == model.Id);
        var own = runs.Where(row => row.Trigger == trigger.Name);
        return new History(
            await own.OrderByDescending(row => row.Id).FirstOrDefaultAsync(cancellation),
            await own.CountAsync(row => row.RequestedAtMs >= dayAgo, cancellation),
            // What a run that failed was given has taught nobody.
            await runs.Where(row => row.State <= (int)RunState.Succeeded && row.Dataset == trigger.Dataset)
                .MaxAsync(row => (long?)row.RequestedAtMs, cancellation)
                ?? 0
        );
    }

    private async Task<IReadOnlyList<Condition>> ConditionsAsync(
        ModelDefinition model,
        StoredTrigger stored,
        History history,
        CancellationToken cancellation
    )
    {
        var (when, found) = (stored.Trigger.When, new List<Condition>());
        if (when.NewAnswers is { } answers)
            found.Add(await ByAnswersAsync(model, answers, history, cancellation));
        if (when.Performance is { } performance)
            found.Add(await ByPerformanceAsync(model, performance, history, cancellation));
        if (when.Schedule is { } schedule)
            found.Add(BySchedule(stored, schedule, history));
        return found;
    }

    private async Task<Condition> ByAnswersAsync(ModelDefinition model, int wanted, History history, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        // Those that measure annotators are known already.
        var count = await db.ReviewTasks.CountAsync(
            task =>
                task.ModelId == model.Id
                && task.State == (int)TaskState.Done
                && task.Gold == null
                && task.ResolvedAtMs > history.TrainedAtMs,
            cancellation
        );
        var words = $"{Figures.Count(count)} of {Figures.Count(wanted)} new answers";
        return count < wanted
            ? new(words)
            : new(words, $"answers:{history.OwnKey}", JsonSerializer.Serialize(new { new_answers = count, wanted }));
    }

    private async Task<Condition> ByPerformanceAsync(
        ModelDefinition model,
        PerformanceCondition wanted,
        History history,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var since = DateTimeOffset.FromUnixTimeMilliseconds(history.Last?.RequestedAtMs ?? 0);
        var from = now - (wanted.Window * wanted.Windows * LookBack);
        var read = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [wanted.Metric],
                Features = [""],
                From = from > since ? from : since,
                To = now,
                Window = wanted.Window,
            },
            cancellation
        );
        // A window without a value says nothing: it is passed over.
        var windows = read.Where(point => point is { Status: MetricStatus.Ok, Value: not null, Class: "" })
            .OrderByDescending(point => point.WindowStart)
            .Take(wanted.Windows)
            .ToList();
        var bound = wanted.Below is { } below ? $"below {Figures.Format(below)}" : $"above {Figures.Format(wanted.Above!.Value)}";
        var beyond = windows.TakeWhile(point => wanted.IsBeyond(point.Value!.Value)).Count();
        var newest = windows.Count == 0 ? "no window yet" : Figures.Format(windows[0].Value!.Value);
        var title = KnownMetrics.Of(wanted.Metric).Title;
        if (beyond < wanted.Windows)
            return new($"{title} {newest}, {bound} in {beyond} of {wanted.Windows} windows");
        var words = $"{title} {newest}, {bound} for {wanted.Windows} windows of {DurationText.Format(wanted.Window)}";
        var last = windows[0].WindowEnd.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var evidence = JsonSerializer.Serialize(
            new
            {
                metric = wanted.Metric,
                below = wanted.Below,
                above = wanted.Above,
                from = windows[^1].WindowStart,
                to = windows[0].WindowEnd,
                values = windows.Select(point => point.Value).Reverse(),
            }
        );
        return new(words, $"performance:{wanted.Metric}:{last}", evidence);
    }

    private Condition BySchedule(StoredTrigger stored, string schedule, History history)
    {
        var last = history.Last is { } run ? DateTimeOffset.FromUnixTimeMilliseconds(run.RequestedAtMs) : stored.CreatedAt;
        if (TriggerSchedules.NextAfter(schedule, last) is not { } next)
            return new($"the schedule {schedule} never comes");
        var at = next.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return next > time.GetUtcNow()
            ? new($"next on {at}")
            : new(
                $"due since {at} by the schedule {schedule}",
                $"schedule:{next.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}"
            );
    }

    // Ground truth, of people and of others, that came since.
    private async Task<long> LabelsAsync(ModelDefinition model, long sinceMs, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT uniqExact(prediction_id) FROM {ModelTables.GroundTruth(model.Id)} "
                    + "WHERE received_at > {since:DateTime64(3, 'UTC')}",
                new SqlParameter("since", DateTimeOffset.FromUnixTimeMilliseconds(sinceMs))
            ),
            cancellation
        );
        return rows.Read() ? (long)rows.ReadUInt64() : 0;
    }

    /// <param name="Words">How far it is.</param>
    /// <param name="Occasion">What it fires about; null when it does not.</param>
    /// <param name="Evidence">JSON of what it saw.</param>
    private sealed record Condition(string Words, string? Occasion = null, string? Evidence = null);

    /// <param name="Last">The newest run of the trigger.</param>
    /// <param name="LastDay">Its runs in 24 hours.</param>
    /// <param name="TrainedAtMs">When the newest run with the same data set, whoever asked for it, was asked for; 0 for none.</param>
    private sealed record History(RetrainingRunRow? Last, int LastDay, long TrainedAtMs)
    {
        public string OwnKey => Last?.Key ?? "first";
    }
}
