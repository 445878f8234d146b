using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting;
using Plumbline.Alerting.Incidents;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>The list of incidents: what is open first, the worst of it first, then the newest.</summary>
public sealed class IncidentOrderTests(TestHost host)
{
    // Of a model that nothing looks at: a look settles its incidents, and these have no alerts.
    private const int NoModel = int.MaxValue;

    [Fact]
    public async Task Incidents_come_by_state_then_severity_then_time_on_one_page_or_on_many()
    {
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
        {
            var place = 0;
            foreach (var severity in new[] { AlertSeverity.Warning, AlertSeverity.Critical, AlertSeverity.Digest })
            {
                foreach (var state in new[] { IncidentState.Resolved, IncidentState.Open, IncidentState.Acknowledged })
                {
                    foreach (var fired in new[] { 2000, 1000, 2000 })
                        db.Add(Row(NoModel, state, severity, fired + (place++ % 2)));
                }
            }
            await db.SaveChangesAsync();
        }

        var query = new IncidentQuery
        {
            ModelId = NoModel,
            ByUrgency = true,
            Limit = 500,
        };
        var all = await host.Get<IncidentReader>().ListAsync(query, CancellationToken.None);
        Assert.Equal(27, all.Count);
        Assert.Equal(
            all.OrderBy(incident => incident.State)
                .ThenByDescending(incident => incident.Severity)
                .ThenByDescending(incident => incident.FiredAt)
                .ThenByDescending(incident => incident.Id)
                .Select(incident => incident.Id),
            all.Select(incident => incident.Id)
        );

        var paged = new List<long>();
        for (IReadOnlyList<Incident> page = []; paged.Count == 0 || page.Count > 0; paged.AddRange(page.Select(incident => incident.Id)))
        {
            var next = query with { Limit = 2, Before = paged.Count == 0 ? null : paged[^1] };
            page = await host.Get<IncidentReader>().ListAsync(next, CancellationToken.None);
        }
        Assert.Equal(all.Select(incident => incident.Id), paged);
    }

    private static IncidentRow Row(int model, IncidentState state, AlertSeverity severity, long fired) =>
        new()
        {
            ModelId = model,
            State = (int)state,
            Severity = (int)severity,
            OnsetMs = fired,
            FiredMs = fired,
            OpenedAtMs = fired,
            ResolvedMs = state == IncidentState.Resolved ? fired + 1 : null,
            // Told already: whoever sends messages has nothing to do with these.
            ToldSeverity = (int)severity,
            ToldResolved = true,
            Facts = IncidentFacts.Empty.Write(),
        };
}
