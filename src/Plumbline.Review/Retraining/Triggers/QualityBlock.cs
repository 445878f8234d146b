using Plumbline.Alerting;
using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>An incident of data quality: what it was trained with would be broken too.</summary>
public sealed class QualityBlock(IncidentReader incidents, CauseCatalog causes)
{
    private const int MostLookedAt = 500;

    private static readonly string[] Metrics =
    [
        InputMetrics.MissingRate,
        InputMetrics.MissingOverReference,
        InputMetrics.UnseenRate,
        InputMetrics.OutOfRangeRate,
        InputMetrics.TypeErrorRate,
    ];

    /// <summary>
    /// The most urgent one of a model that is not over; null when there is none. What only the digest tells of does not count.
    /// </summary>
    public async Task<Incident?> FindAsync(ModelDefinition model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var query = new IncidentQuery
        {
            ModelId = model.Id,
            AtLeast = AlertSeverity.Warning,
            ByUrgency = true,
            Limit = MostLookedAt,
        };
        var open = (await incidents.ListAsync(query, cancellation)).Where(incident => incident.State != IncidentState.Resolved).ToList();
        if (open.Count == 0)
            return null;
        var broken = (await incidents.AlertsAsync(model, firingOnly: true, MostLookedAt, cancellation))
            .Where(alert => Metrics.Contains(alert.Metric, StringComparer.Ordinal))
            .Select(alert => alert.IncidentId)
            .ToHashSet();
        return open.FirstOrDefault(incident =>
            broken.Contains(incident.Id)
            || (incident.Summary.Causes is [var likeliest, ..] && causes.Find(likeliest.Kind) is { IsDataQuality: true })
        );
    }
}
