using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>A CloudEvent to any address, signed as notifications are; the state of the run comes by callback.</summary>
public sealed class WebhookTarget : TargetKind
{
    private const int MinSecretLength = 16;

    public override string Name => "webhook";

    public override int Order => 1;

    public override string Title => "Webhook";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        TargetField.Url,
        new("secret", "Secret of the signature")
        {
            IsSecret = true,
            Hint = $"{MinSecretLength} characters or more",
            Check = secret =>
                secret.Length < MinSecretLength ? $"at least {MinSecretLength} characters are needed, for nobody to guess it." : null,
        },
        TargetField.Authorization,
    ];

    public override Uri? AddressOf(TargetSpecification specification) => Absolute(specification.Text("url"));

    public override bool CanBeAsked(TargetSpecification specification) => false;

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        var body = Write(call.Request);
        var headers = MessageSignature.Headers(call.Request.Run, call.Target.Text("secret"), body, call.Now);
        headers.AddRange(call.Authorization);
        return call.Judge(
            await call.SendAsync(
                new OutboundCall(HttpMethod.Post, new Uri(call.Needed("url")))
                {
                    Body = body,
                    ContentType = "application/cloudevents+json",
                    Headers = headers,
                },
                cancellation
            )
        );
    }

    // The same bytes on every attempt: nothing in it depends on the moment.
    private static byte[] Write(RunRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                specversion = "1.0",
                id = request.Run,
                source = $"/plumbline/models/{Uri.EscapeDataString(request.Model)}",
                type = "dev.plumbline.retraining.requested.v1",
                time = TargetTemplate.Plain("{{requested_at}}", request),
                subject = request.Version is null ? request.Model : $"{request.Model}/{request.Version}",
                datacontenttype = "application/json",
                data = new
                {
                    request.Run,
                    request.Model,
                    request.Version,
                    request.Trigger,
                    request.Reason,
                    request.RequestedBy,
                    request.Evidence,
                    request.Dataset,
                    request.CallbackUrl,
                },
            },
            RunRequest.Json
        );
}
