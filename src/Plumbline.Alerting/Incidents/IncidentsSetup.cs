using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>From alerts to incidents that people work on.</summary>
public static class IncidentsSetup
{
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddCauses();
        services.AddSingleton<ImpactReader>().AddSingleton<IncidentDiagnosis>().AddSingleton<IncidentText>();
        services.AddSingleton<IncidentParting>().AddSingleton<IncidentRegrouping>().AddSingleton<IncidentSettlement>();
        services.AddSingleton<IncidentStore>().AddSingleton<ITransitionSink>(provider => provider.GetRequiredService<IncidentStore>());
        services
            .AddSingleton<IncidentReader>()
            .AddSingleton<IncidentActions>()
            .AddSingleton<IncidentWork>()
            .AddSingleton<OpenIncidentReader>();
        return services.AddStateOwner(
            "incidents",
            "alerts, incidents and their timelines",
            ["alert", "incident", "incident_note"],
            RemoveAsync
        );
    }

    private static async Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation)
    {
        var own = db.Incidents.Where(incident => incident.ModelId == modelId).Select(incident => incident.Id);
        await db.IncidentNotes.Where(note => own.Contains(note.IncidentId)).ExecuteDeleteAsync(cancellation);
        await db.Alerts.Where(alert => alert.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.Incidents.Where(incident => incident.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
