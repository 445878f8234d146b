using Plumbline.Monitoring.Profiles;
using Plumbline.Registry;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Scheduling;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>References: upload, baseline, and the first day as a stand-in.</summary>
public static class ReferencesSetup
{
    public static IServiceCollection AddReferences(this IServiceCollection services) =>
        services
            .AddSingleton<BaselineComputation>()
            .AddSingleton<BaselineCatalog>()
            .AddSingleton<IBaselines>(provider => provider.GetRequiredService<BaselineCatalog>())
            .AddSingleton<ReferenceLoading>()
            .AddSingleton<FeatureRelevance>()
            .AddSingleton<SegmentReferences>()
            .AddDataOwner<BaselineCatalog>(
                new DataDescription("references", "references and what was computed of them", DataPlace.State, "baseline"),
                (baselines, model, cancellation) => baselines.RemoveAsync(model, cancellation)
            )
            .AddMemoryOwner<FeatureRelevance>(
                "relevance",
                "the association of features with the answers",
                (relevance, model) => relevance.Forget(model.Id)
            )
            .AddMemoryOwner<SegmentReferences>(
                "segment references",
                "the counts of the reference by segment",
                (references, model) => references.Forget(model.Id)
            )
            .AddHostedService<BaselineStart>();

    // Starting, like the state: before anything that computes or listens.
    private sealed class BaselineStart(BaselineCatalog baselines, IColumnStore store, InstanceOptions instance) : StartupStep
    {
        public override async Task StartingAsync(CancellationToken cancellationToken)
        {
            ReferenceFile.DeleteLeftOvers(ReferenceFile.FolderIn(instance.DataDirectory));
            await StagedReference.DropLeftOversAsync(store, cancellationToken);
            await baselines.LoadAsync(cancellationToken);
        }
    }
}
