using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Targets;

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
            .AddHostedService<RunSchedule>();
        return services.AddStateOwner("retraining", "when and how it was trained again", ["retraining_run"], RemoveAsync);
    }

    public static void MapRetraining(this IEndpointRouteBuilder routes)
    {
        routes.MapTargets();
        routes.MapRuns();
        routes.MapCallback();
    }

    private static Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation) =>
        db.RetrainingRuns.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
}
