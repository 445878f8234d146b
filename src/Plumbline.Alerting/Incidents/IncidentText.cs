using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Causes;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>Makes the words and the addresses of incidents from what is stored of them.</summary>
public sealed class IncidentText(CauseCatalog causes, ModelCatalog models)
{
    /// <summary>Causes whose next steps are named.</summary>
    private const int CausesWithSteps = 2;

    /// <summary>What happened, where, in one line; empty until it is written up.</summary>
    internal string Headline(IncidentRow row, IncidentFacts facts)
    {
        if (facts.Change is null)
            return row.Headline;
        var where = facts.Segments.Count > 0 ? $" in {AlertText.List(facts.Segments)}" : "";
        var who = facts.Models.Count > 1 ? AlertText.List(facts.Models) : Name(row, facts);
        var change = AlertText.Moved(facts.Change);
        if (facts.Causes.Count == 0 || causes.Find(facts.Causes[0].Kind) is not { } kind)
            return $"{who}: {change}{where}";
        return $"{who}: {kind.Headline(facts.Causes[0], change, facts.Features)}{(kind.NamesPlace ? "" : where)}";
    }

    /// <summary>What a person reads of it.</summary>
    internal IncidentSummary Summary(IncidentRow row, IncidentFacts facts)
    {
        var name = Name(row, facts);
        return new IncidentSummary(
            facts.Models,
            facts.Segments,
            facts.Versions,
            facts.Features,
            [.. facts.Causes.Select(cause => causes.Describe(cause, name))],
            facts.Impact is { } impact ? new IncidentImpact(impact, Impact(impact, models.Find(row.ModelId))) : null,
            facts.Models.Count == 0 ? [] : [.. Steps(row, facts, name)]
        );
    }

    private IEnumerable<NextStep> Steps(IncidentRow row, IncidentFacts facts, string name)
    {
        var scene = new CauseScene(
            name,
            DateTimeOffset.FromUnixTimeMilliseconds(row.OnsetMs),
            DateTimeOffset.FromUnixTimeMilliseconds(row.ResolvedMs ?? row.FiredMs)
        );
        foreach (var step in facts.Causes.Take(CausesWithSteps).SelectMany(cause => causes.Find(cause.Kind)?.Steps(cause, scene) ?? []))
            yield return step;
        if (facts.AnswersMoved)
            yield return new("see which answers became more frequent", Links.With(Links.Model(name, Links.Outputs), scene.Range));
        yield return new("see all four layers on one time axis", Links.With(Links.Model(name), scene.Range));
    }

    /// <summary>The impact in a sentence.</summary>
    private static string Impact(ImpactFacts impact, ModelDefinition? model)
    {
        var metric = model is null ? KnownMetrics.Find(impact.Metric) : KnownMetrics.Find(model, impact.Metric);
        var better = metric?.Direction == MetricDirection.LowerIsBetter ? -1 : 1;
        var scale = metric?.Unit is "share" or "probability" ? 100 : 1;
        // The change of the metric itself: up is good or bad as the metric has it.
        var (change, margin) = (-better * impact.Loss * scale, (impact.LossUpper - impact.LossLower) / 2 * scale);
        var interval = $"95 % {Figures.Signed(change - margin)} .. {Figures.Signed(change + margin)}";
        var name = (impact.Estimated ? "Estimated " : "") + impact.Metric.Split('.')[1].Replace('_', ' ');
        var where = impact.Segment.Length > 0 ? $" of {impact.Segment}" : "";
        var points = scale == 100 ? " points" : "";
        var text =
            $"{name}{where} {Figures.Format(impact.Before)} \u2192 {Figures.Format(impact.After)} "
            + $"({Figures.Signed(change)}{points}, {interval}; n {Figures.Count(impact.Rows)})";
        if (impact is not { MoneyPerDay: { } money, MoneyLower: { } lower, MoneyUpper: { } upper })
            return text;
        var sure =
            lower > 0 ? "about"
            : upper < 0 ? "no loss:"
            : "in money perhaps chance:";
        return $"{text}; {sure} {Figures.Signed(money)} {impact.Currency} a day, 95 % {Figures.Signed(lower)} .. {Figures.Signed(upper)}";
    }

    // A deleted model's incidents keep its name.
    private string Name(IncidentRow row, IncidentFacts facts) =>
        models.Find(row.ModelId)?.Name ?? (facts.Models.Count > 0 ? facts.Models[0] : "");
}
