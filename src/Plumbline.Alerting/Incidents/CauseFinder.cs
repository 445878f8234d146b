using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Incidents;

/// <summary>Ranks what may have caused an incident, each candidate with its evidence.</summary>
public sealed class CauseFinder(MetricPointStore points, FeatureRelevance relevance)
{
    /// <summary>Windows around the onset in which a release counts as having happened then.</summary>
    private const int NearWindows = 3;

    /// <summary>Shares of traffic that a version has before and after its release.</summary>
    private const double HardlyThere = 0.05;
    private const double There = 0.3;

    /// <summary>The likeliest first; empty when nothing points anywhere.</summary>
    public async Task<IReadOnlyList<IncidentCause>> FindAsync(
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        ModelDefinition model,
        IReadOnlyList<string> segments,
        CancellationToken cancellation
    )
    {
        var found = new List<IncidentCause>();
        if (await ReleaseAsync(incident, alerts, model, cancellation) is { } release)
            found.Add(release);
        found.AddRange(Values(alerts, model));
        found.AddRange(Segment(alerts, segments, model));
        if (Concentration(alerts, model) is { } concentration)
            found.Add(concentration);
        found.AddRange(await DriftsAsync(alerts, model, cancellation));
        if (Concept(alerts, model) is { } concept)
            found.Add(concept);
        return [.. found.OrderByDescending(cause => cause.Score)];
    }

    /// <summary>A version that took over, or came back, when it began.</summary>
    private async Task<IncidentCause?> ReleaseAsync(
        IncidentRow incident,
        IReadOnlyList<AlertRow> alerts,
        ModelDefinition model,
        CancellationToken cancellation
    )
    {
        if (
            !alerts.Any(alert =>
                IncidentGrouping.IsSharp(alert)
                && AlertAspects.Of(alert) is MetricAspect.System or MetricAspect.Outputs or MetricAspect.Performance or MetricAspect.Traffic
            )
        )
        {
            return null;
        }

        var onset = DateTimeOffset.FromUnixTimeMilliseconds(incident.OnsetMs);
        var from = onset - ((2 * NearWindows) * model.Window);
        var rows = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [InputMetrics.Rows],
                Version = null,
                From = from,
                To = onset + ((NearWindows + 3) * model.Window),
            },
            cancellation
        );
        var total = rows.Where(point => point.Version.Length == 0).ToDictionary(point => point.WindowStart, point => point.Value ?? 0);
        foreach (var version in rows.Where(point => point.Version.Length > 0).GroupBy(point => point.Version, StringComparer.Ordinal))
        {
            var shares = version.ToDictionary(
                point => point.WindowStart,
                point => total.GetValueOrDefault(point.WindowStart) is > 0 and var all ? (point.Value ?? 0) / all : 0
            );
            var windows = total.Keys.Order().ToList();
            for (var i = 1; i < windows.Count; i++)
            {
                var (before, after) = (shares.GetValueOrDefault(windows[i - 1]), shares.GetValueOrDefault(windows[i]));
                if (before >= HardlyThere || after < There || (windows[i] - onset).Duration() > NearWindows * model.Window)
                    continue;
                var words =
                    $"Version {version.Key} went from {Figures.Format(before, "share")} to {Figures.Format(after, "share")} of the traffic at {windows[i].UtcDateTime:yyyy-MM-dd HH:mm} UTC, when it began.";
                return new IncidentCause(
                    "version_rollout",
                    version.Key,
                    0.95,
                    words,
                    Links.With(Links.Model(model.Name), ("version", version.Key))
                );
            }
        }

        return null;
    }

    private static IEnumerable<IncidentCause> Values(IReadOnlyList<AlertRow> alerts, ModelDefinition model)
    {
        foreach (
            var group in alerts
                .Where(alert => AlertAspects.Of(alert) is MetricAspect.Missing or MetricAspect.Unseen or MetricAspect.Types)
                .GroupBy(alert => (Aspect: AlertAspects.Of(alert), alert.Feature))
        )
        {
            var worst = group.MaxBy(alert => alert.Numbers.Effect ?? 0)!;
            var (kind, what) = group.Key.Aspect switch
            {
                MetricAspect.Missing => ("missing_values", "is missing"),
                MetricAspect.Unseen => ("new_category", "has values that the reference never had"),
                _ => ("schema_change", "has values of another type"),
            };
            var effect = worst.Numbers.Effect ?? worst.Numbers.Value ?? 0;
            yield return new IncidentCause(
                kind,
                group.Key.Feature,
                0.8 + (0.1 * Math.Min(1, effect)),
                $"{group.Key.Feature} {what}: {Words.Change(worst, "share")} of the rows.",
                Links.With(Links.Model(model.Name, Links.Inputs), ("feature", group.Key.Feature))
            );
        }
    }

    /// <summary>One segment suffers alone.</summary>
    private static IEnumerable<IncidentCause> Segment(IReadOnlyList<AlertRow> alerts, IReadOnlyList<string> segments, ModelDefinition model)
    {
        if (segments.Count == 0)
            yield break;
        var own = alerts.Where(alert => alert.Segment == segments[0]).ToList();
        var suffers = own.Exists(alert => AlertAspects.Of(alert) is MetricAspect.Performance or MetricAspect.Outputs);
        var moved = own.Where(alert => AlertAspects.Of(alert) == MetricAspect.FeatureDrift)
            .Select(alert => alert.Feature)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var words =
            $"{segments[0]} differs from the rest: {Words.List([.. own.Select(Words.Stream)], 2)}.{(moved.Count > 0 ? $" There {Words.List(moved)} changed." : "")}";
        yield return new IncidentCause(
            "segment",
            segments[0],
            suffers ? 0.9 : 0.28,
            words,
            Links.With(Links.Model(model.Name, Links.Performance), ("segment", segments[0]))
        );
    }

    private static IncidentCause? Concentration(IReadOnlyList<AlertRow> alerts, ModelDefinition model)
    {
        var shares = alerts.Where(alert => alert.Metric is OutputMetrics.Share or OutputMetrics.TopShare).ToList();
        var risen = shares
            .Where(alert => alert.Numbers is { Value: { } value, Expected: { } expected } && value > expected)
            .MaxBy(alert => alert.Numbers.Effect ?? 0);
        if (risen is null)
            return null;
        var subject = risen.Class.Length > 0 ? risen.Class : "one class";
        return new IncidentCause(
            "concentration",
            subject,
            0.65,
            $"The share of answers {subject}: {Words.Change(risen, "share")}.",
            Links.Model(model.Name, Links.Outputs)
        );
    }

    /// <summary>Features that moved, ordered by how far and by what they have to do with the answers.</summary>
    private async Task<IEnumerable<IncidentCause>> DriftsAsync(
        IReadOnlyList<AlertRow> alerts,
        ModelDefinition model,
        CancellationToken cancellation
    )
    {
        var moved = alerts
            .Where(alert => AlertAspects.Of(alert) == MetricAspect.FeatureDrift)
            .GroupBy(alert => alert.Feature, StringComparer.Ordinal)
            .ToList();
        var weights = await relevance.ReadAsync(model, moved.Select(group => group.Key), cancellation);
        return moved.Select(group => Drift(group.Key, group.MaxBy(Effect)!)).OrderByDescending(cause => cause.Score).Take(5);

        IncidentCause Drift(string feature, AlertRow worst)
        {
            var weight = weights.TryGetValue(feature, out var known) ? known : (double?)null;
            var words =
                $"{feature} moved {Words.Change(worst, "")}{(worst.Segment.Length > 0 ? $" in {worst.Segment}" : "")}{(weight is { } value ? $"; its association with the answers is {Figures.Format(value)}" : "")}.";
            return new IncidentCause(
                "feature_drift",
                feature,
                0.3 + (0.25 * Math.Min(1, Effect(worst)) * (0.3 + (0.7 * (weight ?? 0.5)))),
                words,
                Links.With(Links.Model(model.Name, Links.Inputs), ("feature", feature))
            );
        }

        static double Effect(AlertRow alert) => alert.Numbers.Effect ?? 0;
    }

    /// <summary>Performance fell and nothing that the model sees has moved: what is true has changed, or what is called true.</summary>
    private static IncidentCause? Concept(IReadOnlyList<AlertRow> alerts, ModelDefinition model)
    {
        var realised = alerts.Where(alert => PerformanceMetrics.Contains(alert.Metric)).ToList();
        if (realised.Count == 0 || alerts.Any(alert => AlertAspects.Of(alert) is not MetricAspect.Performance))
            return null;
        return new IncidentCause(
            "concept_change",
            "ground truth",
            0.85,
            $"{Words.Stream(realised[0])} fell: {Words.Change(realised[0], "share")}; no input and no answer moved at that time, so the relation between inputs and ground truth (or its definition) changed.",
            Links.Model(model.Name, Links.Performance)
        );
    }
}
