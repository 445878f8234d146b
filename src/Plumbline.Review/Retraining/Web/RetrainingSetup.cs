using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Targets;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Review.Retraining.Web;

/// <summary>Training models again with what people said.</summary>
public static class RetrainingSetup
{
    public static IServiceCollection AddRetraining(this IServiceCollection services, RetrainingOptions options)
    {
        services
            .AddSingleton(options)
            .AddSingleton<TargetPermissions>()
            .AddSingleton<TargetCatalog>()
            .AddSingleton<TargetReach>()
            .AddSingleton<LocalPrograms>()
            .AddSingleton<RunStore>()
            .AddSingleton<RunDataset>()
            .AddSingleton<RunAsking>()
            .AddSingleton<RunProgress>()
            .AddSingleton<RunSending>()
            .AddSingleton<TriggerStore>()
            .AddSingleton<TriggerCheck>()
            .AddSingleton<QualityBlock>()
            .AddSingleton<TriggerEvaluation>()
            .AddHostedService<RunSchedule>()
            .AddHostedService<TriggerSchedule>();
        return services.AddStateOwner(
            "retraining",
            "when and how it was trained again",
            ["retraining_run", "retraining_trigger"],
            RemoveAsync
        );
    }

    public static void MapRetraining(this IEndpointRouteBuilder routes)
    {
        routes.MapTargets();
        routes.MapRuns();
        routes.MapTriggers();
        routes.MapCallback();
    }

    private static async Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation)
    {
        await db.RetrainingTriggers.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.RetrainingRuns.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
