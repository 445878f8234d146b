using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Registry.Retention;

/// <summary>What models declare under <c>retention</c>, carried out.</summary>
public static class RetentionSetup
{
    /// <summary>What was deleted is read before anything is computed: call it before the services that compute are added.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services
            .AddSingleton<ExpiredEvents>()
            .AddSingleton<RetentionStore>()
            .AddSingleton<IHistoryFloor>(provider => provider.GetRequiredService<RetentionStore>());
        // What they keep goes with the model's tables when the model is deleted.
        services
            .AddDataOwner<ExpiredEvents>(
                Events(EventRows.Predictions, "predictions with their features", ModelTables.MatchedTable, ModelTables.AttributedTable),
                expire: (events, model, before, ct) => events.DropPredictionsBeforeAsync(model, before, ct)
            )
            .AddDataOwner<ExpiredEvents>(
                Events(EventRows.GroundTruth, "ground truth as it came", ModelTables.GroundTruthTable),
                expire: (events, model, before, ct) => events.DeleteGroundTruthBeforeAsync(model, before, ct)
            )
            .AddDataOwner<ExpiredEvents>(
                Events(EventRows.Signals, "business signals as they came", ModelTables.SignalsTable),
                expire: (events, model, before, ct) => events.DeleteSignalsBeforeAsync(model, before, ct)
            )
            .AddDataOwner<RetentionStore>(
                new DataDescription("expiries", "up to when something was deleted", DataPlace.State, "model_expiry"),
                (retentionStore, model, cancellation) => retentionStore.ForgetAsync(model.Id, cancellation)
            );
        return services.AddHostedService<Start>().AddHostedService<RetentionPass>();
    }

    public static void MapRetention(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/v1/models/{model}/retention",
                IResult (
                    string model,
                    ModelCatalog models,
                    RetentionStore retentionStore,
                    IEnumerable<IDataOwner> owners,
                    TimeProvider time
                ) =>
                    models.Find(model) is { } found
                        ? TypedResults.Ok(
                            new
                            {
                                Data = owners
                                    .Select(owner => owner.Description)
                                    .Where(kept => kept.Period is not null)
                                    .Select(kept =>
                                        RetentionView.Of(found, kept, retentionStore.Find(found.Id, kept.Name), time.GetUtcNow())
                                    ),
                            }
                        )
                        : Problems.UnknownModel(model)
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Models");

    private static DataDescription Events(string name, string what, params IReadOnlyList<string> tables) =>
        new(name, what, DataPlace.Engine, tables) { Period = RetentionPeriod.Predictions };

    private sealed class Start(RetentionStore retentionStore) : StartupStep
    {
        public override Task StartingAsync(CancellationToken cancellationToken) => retentionStore.LoadAsync(cancellationToken);
    }
}

/// <summary>How long something of a model is kept, on the wire.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Kept">The declared period; null for ever.</param>
/// <param name="DeletedBefore">Everything of before is gone; null while nothing is.</param>
/// <param name="DeletedRows">Rows that were deleted in all.</param>
/// <param name="DeletesNextAt">When the next month goes; null for never.</param>
public sealed record RetentionView(
    string Name,
    string? Kept,
    DateTimeOffset? DeletedBefore,
    long DeletedRows,
    DateTimeOffset? DeletesNextAt
)
{
    internal static RetentionView Of(ModelDefinition model, DataDescription kept, Expiry? expiry, DateTimeOffset now)
    {
        var period = kept.KeptFor(model);
        DateTimeOffset? next = period is { } length ? RetentionStore.StartOfMonth(now - length).AddMonths(1) + length : null;
        return new(kept.Name, period is { } declared ? DurationText.Format(declared) : null, expiry?.Before, expiry?.Rows ?? 0, next);
    }
}
