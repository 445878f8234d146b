using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.RuleManagement;

/// <summary>How a rule was met by people.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Fired">Alerts, without those too small to tell.</param>
/// <param name="Small">Alerts too small to tell.</param>
/// <param name="Acknowledged">Alerts in incidents that somebody took up.</param>
/// <param name="Ignored">Alerts in incidents that ended without anybody.</param>
/// <param name="MedianHours">How long they lasted, those that ended.</param>
/// <param name="Suggestion">What to change; null when nothing.</param>
public sealed record RuleFatigue(string Rule, int Fired, int Small, int Acknowledged, int Ignored, double? MedianHours, string? Suggestion);

/// <summary>Which rules cost more attention than they are worth.</summary>
public sealed class FatigueReport(IDbContextFactory<StateDbContext> state, RuleStore ruleStore)
{
    /// <summary>Fewer alerts than this say nothing about a rule.</summary>
    private const int Enough = 3;

    /// <summary>Every rule of a model that fired since <paramref name="since"/>, the most tiring first.</summary>
    public async Task<IReadOnlyList<RuleFatigue>> ReadAsync(ModelDefinition model, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var from = since.ToUnixTimeMilliseconds();
        var alerts = await db
            .Alerts.AsNoTracking()
            .Where(alert => alert.ModelId == model.Id && alert.FiredMs >= from)
            .OrderBy(alert => alert.Id)
            .ToListAsync(cancellation);
        var ids = alerts.Select(alert => alert.IncidentId).Distinct().ToList();
        var incidents = await db
            .Incidents.AsNoTracking()
            .Where(incident => ids.Contains(incident.Id))
            .ToDictionaryAsync(incident => incident.Id, cancellation);
        var rules = (await ruleStore.ReadAsync(model, cancellation)).ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        return
        [
            .. alerts
                .GroupBy(alert => alert.Rule, StringComparer.Ordinal)
                .Select(group => Of(group.Key, [.. group], incidents, rules.GetValueOrDefault(group.Key)))
                .OrderByDescending(rule => rule.Ignored)
                .ThenByDescending(rule => rule.Fired),
        ];
    }

    private static RuleFatigue Of(string name, IReadOnlyList<AlertRow> alerts, Dictionary<long, IncidentRow> incidents, Rule? rule)
    {
        var told = alerts.Where(alert => alert.IncidentId != 0).ToList();
        var acknowledged = told.Count(alert =>
            incidents.TryGetValue(alert.IncidentId, out var incident)
            && (incident.AcknowledgedAtMs is not null || incident.ResolvedBy is not null)
        );
        var ignored = told.Count(alert =>
            incidents.TryGetValue(alert.IncidentId, out var incident)
            && incident is { State: (int)IncidentState.Resolved, AcknowledgedAtMs: null, ResolvedBy: null }
        );
        var hours = told.Where(alert => alert.ResolvedMs is not null)
            .Select(alert => (alert.ResolvedMs!.Value - alert.FiredMs) / 3_600_000.0)
            .Order()
            .ToList();
        var median = hours.Count == 0 ? (double?)null : hours[hours.Count / 2];
        return new RuleFatigue(
            name,
            told.Count,
            alerts.Count - told.Count,
            acknowledged,
            ignored,
            median,
            Suggest(rule, told, ignored, median)
        );
    }

    private static string? Suggest(Rule? rule, IReadOnlyList<AlertRow> told, int ignored, double? medianHours)
    {
        if (rule is null || told.Count < Enough || ignored * 2 < told.Count)
            return null;
        if (rule.Kind.GathersEvidence)
        {
            var effects = told.Select(alert => alert.Numbers.Effect ?? 0).Order().ToList();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Most of its alerts ended without anybody: raise effect_floor to {effects[effects.Count / 2]:G2}, "
                    + $"the middle of their sizes, or let it go to the digest."
            );
        }

        return medianHours <= 3
            ? $"Most of its alerts end by themselves within {medianHours:0.#} hours: "
                + $"lengthen for_windows to {Math.Min(100, rule.ForWindows + 2)} of {Math.Min(100, rule.OfWindows + 2)}."
            : "Most of its alerts ended without anybody: move its value, or let it go to the digest.";
    }
}
