using System.Globalization;
using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>
/// A model of an MLflow registry. MLflow trains nothing by itself: the request is written to the registered model as tags, where what
/// watches the registry finds it, and a version with the tag <c>plumbline.run</c> is what came of it.
/// </summary>
public sealed class MlflowTarget : TargetKind
{
    private const string RunTag = "plumbline.run";
    private const string RequestTag = "plumbline.retraining";

    // What the registry takes at most.
    private const int MaxTag = 5000;

    public override string Name => "mlflow";

    public override int Order => 6;

    public override string Title => "MLflow registry";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        TargetField.Url,
        new("registered_model", "Registered model")
        {
            Default = "{{model}}",
            MaxLength = 256,
            Check = text => TargetTemplate.Check(text),
        },
        TargetField.Authorization,
    ];

    public override Uri? AddressOf(TargetSpecification specification) => Absolute(specification.Text("url"));

    public override bool CanBeAsked(TargetSpecification specification) => true;

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        // Everybody who may read the registry reads tags: the address of the callback, which is a secret, is not in them.
        var request = JsonSerializer.Serialize(call.Request, RunRequest.Json);
        if (request.Length > MaxTag)
            request = JsonSerializer.Serialize(call.Request with { Evidence = null, Dataset = null }, RunRequest.Json);
        if (request.Length > MaxTag)
            return new(TargetVerdict.Refused, $"the request has {request.Length} characters; a tag takes {MaxTag}");
        var reply = await TagAsync(call, RequestTag, request, cancellation);
        return reply.Verdict == TargetVerdict.Accepted ? await TagAsync(call, RunTag, call.Request.Run, cancellation) : reply;
    }

    public override async Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation)
    {
        var filter = Uri.EscapeDataString($"name='{ModelOf(call)}'");
        var address = call.At($"/api/2.0/mlflow/model-versions/search?filter={filter}&max_results=100");
        var answer = await call.SendAsync(new OutboundCall(HttpMethod.Get, address) { Headers = call.Authorization }, cancellation);
        if (!answer.IsSuccess)
            return new(null, answer.Problem);
        if (TargetCall.At(answer.Body, "model_versions") is not { ValueKind: JsonValueKind.Array } versions)
            return new(null);
        foreach (var version in versions.EnumerateArray().Where(version => IsOf(version, call.Request.Run)))
        {
            var number = TextOf(version, "version");
            return TextOf(version, "status") switch
            {
                "READY" => new(new RunReport(RunState.Succeeded, number)),
                "FAILED_REGISTRATION" => new(new RunReport(RunState.Failed, Message: $"version {number} could not be registered")),
                _ => new(new RunReport(RunState.Running)),
            };
        }

        return new(null);
    }

    private static async Task<TargetReply> TagAsync(TargetCall call, string key, string value, CancellationToken cancellation) =>
        call.Judge(
            await call.SendAsync(
                new OutboundCall(HttpMethod.Post, call.At("/api/2.0/mlflow/registered-models/set-tag"))
                {
                    Body = JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            name = ModelOf(call),
                            key,
                            value,
                        }
                    ),
                    Headers = call.Authorization,
                },
                cancellation
            )
        );

    // A quote would end the name in the filter.
    private static string ModelOf(TargetCall call) =>
        TargetTemplate.Plain(call.Needed("registered_model"), call.Request).Replace("'", "", StringComparison.Ordinal);

    private static bool IsOf(JsonElement version, string run) =>
        version.TryGetProperty("tags", out var tags)
        && tags.ValueKind == JsonValueKind.Array
        && tags.EnumerateArray().Any(tag => TextOf(tag, "key") == RunTag && TextOf(tag, "value") == run);

    private static string? TextOf(JsonElement at, string name) =>
        at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString(CultureInfo.InvariantCulture)
        : null;
}
