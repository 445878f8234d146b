using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.Models;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>
/// Up to when incidents are known to go on. Data that was imported ended some day, and so does what is known of what it shows: it does not
/// last longer from day to day.
/// </summary>
public sealed class IncidentEnds(HealthFactsReader facts, ModelCatalog models, TimeProvider time)
{
    /// <summary>Data that is younger is live: its next window comes.</summary>
    private static readonly TimeSpan Live = TimeSpan.FromDays(1);

    /// <summary>
    /// When the data of open incidents ended, by the incident's number; those whose data goes on, and resolved ones, are not in it.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> OfAsync(IEnumerable<Incident> incidents, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // Where it is silence that was found, that comes after the newest number.
        var open = incidents.Where(incident => incident.ResolvedAt is null && incident.FiredAt < now - Live).ToList();
        var ends = new Dictionary<long, DateTimeOffset>();
        if (open.Count == 0)
            return ends;
        var only = open.DistinctBy(incident => incident.Model).Count() == 1 ? models.Find(open[0].Model) : null;
        var newest = await facts.ReadAsync(only, cancellation);
        foreach (var incident in open)
        {
            if (
                models.Find(incident.Model) is { } model
                && newest.GetValueOrDefault(model.Id)?.LastWindowEnd is { } end
                && end > incident.FiredAt
                && end < now - Live - model.Window
            )
            {
                ends[incident.Id] = end;
            }
        }

        return ends;
    }
}
