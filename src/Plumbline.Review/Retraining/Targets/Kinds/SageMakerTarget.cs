using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>An execution of a pipeline of Amazon SageMaker; its client token is our key, so that it is started once.</summary>
public sealed class SageMakerTarget : TargetKind
{
    private const string ContentType = "application/x-amz-json-1.1";
    private const int MaxParameter = 1024;
    private const int MaxDescription = 3072;

    public override string Name => "sagemaker";

    public override int Order => 4;

    public override string Title => "SageMaker pipeline";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        new("region", "Region")
        {
            IsNeeded = true,
            Hint = "eu-central-1",
            MaxLength = 40,
            Check = text =>
                text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
                    ? null
                    : "a region such as eu-central-1 is needed.",
        },
        new("pipeline", "Pipeline") { IsNeeded = true, MaxLength = 256 },
        new("access_key_id", "Access key") { IsNeeded = true, MaxLength = 128 },
        new("secret_access_key", "Secret key") { IsNeeded = true, IsSecret = true },
        new("session_token", "Session token") { IsSecret = true, MaxLength = 8192 },
        new("parameters", "Parameters")
        {
            IsJson = true,
            MaxLength = 16 * 1024,
            Default = """{"InputDataUrl":"{{dataset_uri}}"}""",
        },
        new("url", "Endpoint") { IsAddress = true, Hint = "that of the region" },
    ];

    public override Uri? AddressOf(TargetSpecification specification) =>
        Absolute(specification.Text("url") ?? $"https://api.sagemaker.{specification.Text("region")}.amazonaws.com/");

    public override bool CanBeAsked(TargetSpecification specification) => true;

    public override IEnumerable<FieldError> Check(TargetSpecification specification, TargetPermissions permissions)
    {
        using var parameters = JsonDocument.Parse(specification.Text("parameters")!);
        return parameters.RootElement.ValueKind == JsonValueKind.Object
            ? []
            : [new FieldError("parameters", "an object of names and texts is needed.")];
    }

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        using var parameters = JsonDocument.Parse(TargetTemplate.Json(call.Needed("parameters"), call.Request));
        var values = parameters
            .RootElement.EnumerateObject()
            .Select(parameter => new { parameter.Name, Value = Cut(parameter.Value.ToString(), MaxParameter) });
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                PipelineName = call.Needed("pipeline"),
                ClientRequestToken = $"plumbline-{call.Request.Run}",
                PipelineExecutionDisplayName = $"plumbline-{call.Request.Run}",
                PipelineExecutionDescription = Cut(call.Request.Reason, MaxDescription),
                PipelineParameters = values,
            }
        );
        var answer = await call.SendAsync(Call(call, "StartPipelineExecution", body), cancellation);
        var reply = call.Judge(answer, "PipelineExecutionArn");
        // What is wrong is said in the body, and by a name only.
        return reply.Verdict != TargetVerdict.Accepted && TargetCall.TextAt(answer.Body, "__type") is { } type
            ? reply with
            {
                Verdict = type.EndsWith("ThrottlingException", StringComparison.Ordinal) ? TargetVerdict.Retry : reply.Verdict,
                Detail = $"{reply.Detail}: {Problems.Shorten(type)}",
            }
            : reply;
    }

    public override async Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation)
    {
        if (remoteId is null)
            return new(null);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { PipelineExecutionArn = remoteId });
        var answer = await call.SendAsync(Call(call, "DescribePipelineExecution", body), cancellation);
        if (!answer.IsSuccess)
            return new(null, answer.Problem);
        return RunStates.Read(TargetCall.TextAt(answer.Body, "PipelineExecutionStatus")) is { } state
            ? new(new RunReport(state, Message: TargetCall.TextAt(answer.Body, "FailureReason")))
            : new(null);
    }

    private OutboundCall Call(TargetCall call, string action, byte[] body)
    {
        var address = AddressOf(call.Target.Complete)!;
        (string, string)[] target = [("X-Amz-Target", $"SageMaker.{action}")];
        var credentials = new AwsCredentials(
            call.Needed("access_key_id"),
            call.Needed("secret_access_key"),
            call.Target.Text("session_token")
        );
        var signed = AwsSignature.Headers(
            credentials,
            (call.Needed("region"), "sagemaker"),
            "POST",
            address,
            target.Append(("Content-Type", ContentType)),
            body,
            call.Now
        );
        return new OutboundCall(HttpMethod.Post, address)
        {
            Body = body,
            ContentType = ContentType,
            Headers = [.. target, .. signed],
        };
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
