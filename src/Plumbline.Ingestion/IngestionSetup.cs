using Plumbline.Events;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Intake;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Ingestion;

/// <summary>From an HTTP request to rows in the column store.</summary>
public static class IngestionSetup
{
    // About 40 million ids; beyond it the column store is asked about each row, which is exact too but slower.
    private const long DuplicateFilterBytes = 256L * 1024 * 1024;
    private const long MiB = 1024 * 1024;

    public static IServiceCollection AddIngestion(this IServiceCollection services, InstanceOptions instance, IngestionOptions options)
    {
        var limits = new EventLimits { BodyBytes = options.MaxBodyMiB * (int)MiB };
        services
            .AddSingleton(limits)
            .AddSingleton(provider =>
                Spool.Open(
                    new SpoolOptions { Path = Path.Combine(instance.DataDirectory, "spool.db"), MaxBytes = options.SpoolMiB * MiB },
                    provider.GetRequiredService<TimeProvider>()
                )
            )
            .AddSingleton(new FilterBudget(DuplicateFilterBytes))
            // A body that grows holds its old array beside the new one, and pooled arrays are powers of two: three times the largest.
            .AddSingleton(new BodyBudget(Math.Max(256 * MiB, 3L * limits.BodyBytes)))
            .AddSingleton<DecoderPool>()
            .AddSingleton<StoredIds>()
            .AddSingleton<KnownEvents>()
            .AddSingleton<FeatureInference>()
            .AddSingleton<EventIntake>()
            .AddSingleton<FirstPredictions>()
            .AddSingleton<EventPosts>()
            .AddSingleton<GroundTruthMatching>()
            .AddSingleton<SignalMatching>()
            .AddSingleton<PredictionWriteGate>()
            .AddSingleton<PartMerging>()
            .AddSingleton<FeatureTypeReview>()
            .AddSingleton<BlockWriter>()
            .AddSingleton<IngestionProgress>()
            .AddInstruments<IngestionInstruments>();
        services.AddHostedService<IngestionStart>().AddHostedService<SpoolDrain>();
        services
            .AddDataOwner<Spool>(
                new DataDescription("spool", "events that wait to be stored, and how many came", DataPlace.Spool),
                (spool, model, _) => spool.DropModelAsync(model.Id)
            )
            .AddMemoryOwner<KnownEvents>("known_events", "ids of events, to recognise duplicates", (known, model) => known.Forget(model.Id))
            .AddMemoryOwner<FeatureTypeReview>(
                "guessed_types",
                "how many values a guessed type rests on",
                (review, model) => review.Forget(model.Id)
            )
            .AddMemoryOwner<PredictionWriteGate>("write_turns", "whose turn it is to write", (gate, model) => gate.Forget(model.Id));
        return services;
    }

    public static void MapIngestion(this IEndpointRouteBuilder routes) => routes.MapEvents();

    // What the spool holds from an earlier run must be known before the first request can bring the same rows again.
    private sealed class IngestionStart(KnownEvents known) : StartupStep
    {
        public override Task StartingAsync(CancellationToken cancellationToken)
        {
            known.ReadSpoolAtStart();
            return Task.CompletedTask;
        }
    }
}
