using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>Makes incidents of what rules found: which alert belongs where.</summary>
public sealed class IncidentStore(ModelCatalog models, IncidentParting parting, IncidentSettlement settlement, TimeProvider time)
    : ITransitionSink
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
        var candidates = await IncidentMembers.NewestAsync(db, cancellation);
        foreach (var transition in transitions)
        {
            var alert = firing.Find(alert => alert.Key == transition.Key);
            if (transition is { Fires: true, Evidence.Further: true } && alert is not null)
            {
                await EndAsync(db, alert, transition with { At = transition.Onset }, firing, cancellation);
                alert = null;
            }

            if (transition.Fires)
                await FireAsync(db, model, byName[transition.Key.Rule], transition, alert, firing, candidates, cancellation);
            else if (alert is not null)
                await EndAsync(db, alert, transition, firing, cancellation);
        }
    }

    /// <inheritdoc/>
    public Task SettleAsync(CancellationToken cancellation) => settlement.SettleAsync(cancellation);

    private async Task FireAsync(
        StateDbContext db,
        ModelDefinition model,
        Rule rule,
        StreamTransition transition,
        AlertRow? alert,
        List<AlertRow> firing,
        List<IncidentMembers> candidates,
        CancellationToken cancellation
    )
    {
        if (alert is null)
        {
            alert = NewAlert(model, rule, transition);
            db.Alerts.Add(alert);
            firing.Add(alert);
        }

        (alert.Evidence, alert.FiredMs) = (transition.Evidence.Write(), transition.At.ToUnixTimeMilliseconds());
        // Certain but small, or only tried out: on record, and nobody's trouble.
        if (transition.Evidence.Small || rule.DryRun || alert.IncidentId != 0)
            return;
        var incident = IncidentGrouping.Find(alert, candidates);
        if (incident is null)
        {
            incident = IncidentRow.Begin(alert, time.GetUtcNow());
            db.Incidents.Add(incident);
            await db.SaveChangesAsync(cancellation);
            db.IncidentNotes.Add(IncidentNoteRow.Of(incident, transition.Onset, NoteKinds.FirstSign));
            db.IncidentNotes.Add(IncidentNoteRow.Of(incident, transition.At, NoteKinds.Detected, new NoteFacts(Rule: rule.Name)));
            candidates.Insert(0, new(incident, [alert]));
        }
        else
        {
            var place = candidates.FindIndex(candidate => candidate.Incident.Id == incident.Id);
            candidates[place] = new(incident, [.. candidates[place].Alerts, alert]);
            db.IncidentNotes.Add(
                IncidentNoteRow.Of(incident, transition.At, NoteKinds.Joined, new NoteFacts(rule.Name, model.Name, alert.Key))
            );
        }

        MergeEffects(db, alert, incident, candidates);
        parting.TakeLossesAlong(db, alert, incident, candidates);
        alert.IncidentId = incident.Id;
        incident.OnsetMs = Math.Min(incident.OnsetMs, alert.OnsetMs);
        incident.Stale = true;
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

    /// <summary>
    /// What was found in other models before its cause was found here belongs to the cause: its incident of the digest is taken in.
    /// </summary>
    private void MergeEffects(StateDbContext db, AlertRow alert, IncidentRow incident, List<IncidentMembers> candidates)
    {
        foreach (
            var (effect, alerts) in candidates
                .Where(candidate =>
                    candidate.Incident.Id != incident.Id && IncidentGrouping.IsEffect(alert, candidate.Incident, candidate.Alerts)
                )
                .ToList()
        )
        {
            foreach (var member in alerts)
                member.IncidentId = incident.Id;
            db.IncidentNotes.Add(
                IncidentNoteRow.Of(
                    incident,
                    DateTimeOffset.FromUnixTimeMilliseconds(alert.FiredMs),
                    NoteKinds.Joined,
                    new NoteFacts(
                        Model: models.Find(effect.ModelId)?.Name,
                        Incident: effect.Id,
                        Change: IncidentFacts.Read(effect.Facts).Change ?? StreamChange.Of(alerts[0])
                    )
                )
            );
            db.Incidents.Remove(effect);
            candidates.RemoveAll(candidate => candidate.Incident.Id == effect.Id);
            var place = candidates.FindIndex(candidate => candidate.Incident.Id == incident.Id);
            candidates[place] = new(incident, [.. candidates[place].Alerts, .. alerts]);
        }
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
        if (alert.IncidentId != 0 && await db.Incidents.FindAsync([alert.IncidentId], cancellation) is { } incident)
            incident.Stale = true;
    }
}
