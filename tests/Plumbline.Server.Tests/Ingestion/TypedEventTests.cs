using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Events;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Intake;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>Events that never were JSON go through the same intake.</summary>
public sealed class TypedEventTests(TestHost host)
{
    private static readonly DateTimeOffset Hour = new(2026, 2, 3, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_typed_prediction_is_stored_once_with_its_features_and_computed()
    {
        var name = await host.CreateModelAsync(new { task = "binary", positive_class = "yes" });
        using var builder = new EventBatchBuilder(EventKind.Prediction, new EventLimits());
        for (var turn = 0; turn < 2; turn++)
        {
            builder.Begin(Context());
            for (var i = 0; i < 40; i++)
                Assert.True(builder.Add(Prediction(i)));
            var result = await host.Get<EventIntake>()
                .AppendAsync(host.Model(name), builder.Batch, TimeSpan.Zero, TestContext.Current.CancellationToken);
            Assert.Equal(turn == 0 ? (40, 0) : (0, 40), (result.Accepted, result.Duplicates));
        }

        await host.WaitUntilComputedAsync(name);
        var points = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{name}/metrics?metric=system.requests,input.missing_rate&feature=*"
                + $"&from={Hour.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}&to={Hour.AddHours(2):yyyy-MM-ddTHH:mm:ssZ}"
        );
        var values = points
            .GetProperty("points")
            .EnumerateArray()
            .ToDictionary(point => point.GetProperty("feature").GetString() ?? "", point => point.GetProperty("value").GetDouble());
        Assert.Equal(40, values[""]);
        Assert.Equal(0.25, values["age"]);
        Assert.Equal(0, values["country"]);
    }

    [Fact]
    public async Task A_full_spool_is_waited_for_as_long_as_the_caller_has_patience()
    {
        var model = host.Model(await host.CreateModelAsync(new { task = "binary" }));
        var path = Path.Combine(Path.GetTempPath(), $"plumbline-patience-{Guid.NewGuid():N}.db");
        await using var spool = Spool.Open(new SpoolOptions { Path = path, MaxBytes = 150 }, TimeProvider.System);
        var stored = host.Get<StoredIds>();
        var intake = new EventIntake(
            spool,
            new KnownEvents(spool, stored, host.Get<ModelTables>(), new FilterBudget(1_000_000), new IntegrityFindings()),
            stored,
            host.Get<FeatureInference>(),
            host.Get<ModelCatalog>(),
            TimeProvider.System
        );
        using var builder = new EventBatchBuilder(EventKind.Prediction, new EventLimits());
        Assert.Equal(AppendOutcome.Durable, (await AppendAsync(0, TimeSpan.Zero)).Outcome);
        Assert.Equal(AppendOutcome.Full, (await AppendAsync(1, TimeSpan.Zero)).Outcome);

        var waiting = AppendAsync(1, TimeSpan.FromMinutes(1));
        await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        var block = await spool.PlanBlockAsync(model.Id, EventKind.Prediction, 100, 10_000);
        await spool.CompleteBlockAsync(block!);
        Assert.Equal((AppendOutcome.Durable, 1), ((await waiting).Outcome, (await waiting).Accepted));

        async Task<IntakeResult> AppendAsync(int number, TimeSpan patience)
        {
            builder.Begin(Context());
            Assert.True(builder.Add(Prediction(number)));
            return await intake.AppendAsync(model, builder.Batch, patience, TestContext.Current.CancellationToken);
        }
    }

    private static DecodeContext Context() => new(Hour.AddDays(1), null, NumericPrediction: false);

    private static PredictionEvent Prediction(int number) =>
        new()
        {
            Id = $"typed-{number}",
            Timestamp = Hour.AddMinutes(number),
            Class = number % 2 == 0 ? "yes" : "no",
            Score = 0.5,
            Features =
            [
                new("age", number % 4 == 0 ? FeatureValue.Missing : FeatureValue.Of(20 + number)),
                new("country", FeatureValue.Of("FR")),
            ],
        };
}
