using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Makes alerts, and of them incidents, of what rules found.</summary>
public sealed class IncidentStore(IncidentRegrouping regrouping, IncidentSettlement settlement) : ITransitionSink
{
    /// <inheritdoc/>
    public async Task ApplyAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        IReadOnlyList<StreamTransition> transitions,
        CancellationToken cancellation
    )
    {
        if (transitions.Count == 0)
            return;
        var byName = rules.ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        var firing = await db
            .Alerts.Where(alert => alert.ModelId == model.Id && alert.ResolvedMs == null)
            .OrderBy(alert => alert.Id)
            .ToListAsync(cancellation);
        var fresh = new List<AlertRow>();
        foreach (var transition in transitions)
        {
            var alert = firing.Find(alert => alert.Key == transition.Key);
            if (transition is { Fires: true, Evidence.Further: true } && alert is not null)
            {
                await EndAsync(db, alert, transition with { At = transition.Onset }, firing, cancellation);
                alert = null;
            }

            if (transition.Fires)
                Fire(db, model, byName[transition.Key.Rule], transition, alert, firing, fresh);
            else if (alert is not null)
                await EndAsync(db, alert, transition, firing, cancellation);
            if (transition is { Fires: false, Evidence.Further: true } && alert is not null)
                await GoOnAsync(db, alert, firing, cancellation);
        }

        await regrouping.TakeAsync(db, fresh, transitions.Min(transition => transition.At).ToUnixTimeMilliseconds(), cancellation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Disturbance>> DisturbancesAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<string> rules,
        DateTimeOffset from,
        CancellationToken cancellation
    )
    {
        var (fromMs, oldest) = (from.ToUnixTimeMilliseconds(), (from - DisturbedTimes.Longest).ToUnixTimeMilliseconds());
        var alerts = await db
            .Alerts.AsNoTracking()
            .Where(alert => alert.ModelId == model.Id && alert.IncidentId != 0 && rules.Contains(alert.Rule))
            .Where(alert => alert.OnsetMs > oldest && (alert.ResolvedMs == null || alert.ResolvedMs > fromMs))
            .Select(alert => new
            {
                alert.Metric,
                alert.Segment,
                alert.OnsetMs,
                alert.FiredMs,
                alert.ResolvedMs,
            })
            .ToListAsync(cancellation);
        return
        [
            .. alerts
                .Where(alert => DisturbedTimes.Disturbs(alert.Metric))
                .Select(alert => new Disturbance(
                    alert.Segment,
                    DateTimeOffset.FromUnixTimeMilliseconds(alert.OnsetMs),
                    DateTimeOffset.FromUnixTimeMilliseconds(alert.FiredMs),
                    alert.ResolvedMs is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null
                )),
        ];
    }

    /// <inheritdoc/>
    public Task ReassessAsync(IReadOnlyCollection<int> modelIds, CancellationToken cancellation) =>
        settlement.ReassessAsync(modelIds, cancellation);

    /// <inheritdoc/>
    public Task SettleAsync(CancellationToken cancellation) => settlement.SettleAsync(cancellation);

    private static void Fire(
        StateDbContext db,
        ModelDefinition model,
        Rule rule,
        StreamTransition transition,
        AlertRow? alert,
        List<AlertRow> firing,
        List<AlertRow> fresh
    )
    {
        var evidence = transition.Evidence with { Shortest = transition.Evidence.WindowSeconds <= model.Window.TotalSeconds };
        if (alert is null)
        {
            alert = NewAlert(model, rule, transition);
            db.Alerts.Add(alert);
            firing.Add(alert);
        }

        (alert.Evidence, alert.FiredMs) = (evidence.Write(), transition.At.ToUnixTimeMilliseconds());
        // Certain but small, or only tried out: on record, and nobody's trouble.
        if (!transition.Evidence.Small && !rule.DryRun && alert.IncidentId == 0 && !fresh.Contains(alert))
            fresh.Add(alert);
    }

    private static AlertRow NewAlert(ModelDefinition model, Rule rule, StreamTransition transition) =>
        new()
        {
            ModelId = model.Id,
            Rule = rule.Name,
            Metric = transition.Key.Metric,
            Feature = transition.Key.Feature,
            Class = transition.Key.Class,
            Segment = transition.Key.Segment,
            Version = transition.Key.Version,
            OnsetMs = transition.Onset.ToUnixTimeMilliseconds(),
            FiredMs = transition.At.ToUnixTimeMilliseconds(),
            Evidence = transition.Evidence.Write(),
            Severity = (int)(rule.Severity ?? AlertSeverity.Digest),
        };

    /// <summary>What had got worse is back at the level on top of which it did: the alert that had told of that level goes on.</summary>
    private static async Task GoOnAsync(StateDbContext db, AlertRow further, List<AlertRow> firing, CancellationToken cancellation)
    {
        // In what is not saved yet as well: it may have ended in this step.
        await db
            .Alerts.Where(alert => alert.ModelId == further.ModelId && alert.Rule == further.Rule && alert.ResolvedMs == further.OnsetMs)
            .LoadAsync(cancellation);
        var below = db.Alerts.Local.FirstOrDefault(alert =>
            alert.ModelId == further.ModelId && alert.Key == further.Key && alert.ResolvedMs == further.OnsetMs
        );
        if (below is null)
            return;
        below.ResolvedMs = null;
        firing.Add(below);
        await MarkStaleAsync(db, below, cancellation);
    }

    private static async Task EndAsync(
        StateDbContext db,
        AlertRow alert,
        StreamTransition transition,
        List<AlertRow> firing,
        CancellationToken cancellation
    )
    {
        alert.ResolvedMs = transition.At.ToUnixTimeMilliseconds();
        firing.Remove(alert);
        await MarkStaleAsync(db, alert, cancellation);
    }

    private static async Task MarkStaleAsync(StateDbContext db, AlertRow alert, CancellationToken cancellation)
    {
        if (alert.IncidentId != 0 && await db.Incidents.FindAsync([alert.IncidentId], cancellation) is { } incident)
            incident.Stale = true;
    }
}
