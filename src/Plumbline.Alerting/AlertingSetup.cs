using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Backtests;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting;

/// <summary>From metric points to people: rules, what they remember, incidents. Delivery is a part of its own.</summary>
public static class AlertingSetup
{
    public static IServiceCollection AddAlerting(this IServiceCollection services, AlertingOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RuleBook>().AddSingleton<RuleCheck>();
        services.AddSingleton<Frontier>().AddSingleton<AlertJudgement>().AddSingleton<AlertPassState>().AddSingleton<AlertAgenda>();
        services.AddSingleton<CauseFinder>().AddSingleton<ImpactReader>().AddSingleton<StoryWriter>().AddSingleton<IncidentBook>();
        services.AddSingleton<IncidentReader>().AddSingleton<IncidentActions>();
        services.AddSingleton<FatigueReport>().AddSingleton<StreamReport>();
        services.AddSingleton<BacktestRun>().AddSingleton<BacktestJobs>();
        services.AddSingleton<OpenIncidentReader>().AddSingleton<AlertStreamReader>();
        services.AddSingleton(provider => new ModelRemovalStep((model, cancellation) => RemoveAsync(provider.GetRequiredService<IDbContextFactory<StateDbContext>>(), provider.GetRequiredService<AlertAgenda>(), model, cancellation)));
        services.AddHostedService<AlertPass>();
        return services;
    }

    public static void MapAlerting(this IEndpointRouteBuilder routes)
    {
        routes.MapRules();
        routes.MapIncidents();
        routes.MapBacktests();
    }

    private static async Task RemoveAsync(IDbContextFactory<StateDbContext> state, AlertAgenda agenda, ModelDefinition model, CancellationToken cancellation)
    {
        agenda.Forget(model.Id);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var own = db.Incidents.Where(incident => incident.ModelId == model.Id).Select(incident => incident.Id);
        await db.IncidentNotes.Where(note => own.Contains(note.IncidentId)).ExecuteDeleteAsync(cancellation);
        await db.Alerts.Where(alert => alert.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        await db.Incidents.Where(incident => incident.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        await db.AlertStreams.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        await db.AlertCursors.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        await db.Rules.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
    }
}
