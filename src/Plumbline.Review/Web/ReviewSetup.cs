using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Review.Answers;
using Plumbline.Review.Datasets;
using Plumbline.Review.Drawing;
using Plumbline.Review.Estimates;
using Plumbline.Review.Exchange;
using Plumbline.Review.Policies;
using Plumbline.Review.Proof;
using Plumbline.Review.Tasks;

namespace Plumbline.Review.Web;

/// <summary>What people look at, and what they say.</summary>
public static class ReviewSetup
{
    public static IServiceCollection AddReview(this IServiceCollection services, ReviewOptions options, DatasetsOptions datasets)
    {
        services
            .AddSingleton(options)
            .AddSingleton(new FilePolicies(options.Policies))
            .AddSingleton<PolicyStore>()
            .AddSingleton<PolicyDraw>()
            .AddSingleton<GoldTasks>()
            .AddSingleton<EmptyStretches>()
            .AddSingleton<DrawPass>()
            .AddSingleton<DrawPreview>()
            .AddSingleton<TaskQueue>()
            .AddSingleton<HandTasks>()
            .AddSingleton<TaskReader>()
            .AddSingleton<AnswerRecording>()
            .AddSingleton<AnnotatorProgress>()
            .AddSingleton<AnnotatorAgreement>()
            .AddSingleton<TaskAnswers>()
            .AddSingleton<ReviewedPerformance>()
            .AddHostedService<DrawSchedule>()
            .AddHostedService<AnswerDelivery>();
        services.AddDatasets(datasets).AddExchange().AddProof();
        services.AddMemoryOwner<PolicyStore>(
            "review_policies",
            "whose policies are as the configuration file declares them",
            (store, model) => store.Forget(model.Id)
        );
        return services.AddStateOwner(
            "review",
            "policies of reviews, their tasks, and what people answered",
            ["review_policy", "review_draw", "review_task", "review_selection", "review_answer"],
            RemoveAsync
        );
    }

    public static void MapReview(this IEndpointRouteBuilder routes)
    {
        routes.MapPolicies();
        routes.MapTasks();
        routes.MapHandTasks();
        routes.MapEstimates();
        routes.MapDatasets();
        routes.MapProof();
        routes.MapExchange();
    }

    private static async Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation)
    {
        await db.ReviewAnswers.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.ReviewSelections.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.ReviewTasks.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.ReviewDraws.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.ReviewPolicies.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
