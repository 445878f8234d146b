namespace Plumbline.Alerting.Delivery.Receivers.Webhook;

/// <summary>JSON to any address, signed when there is a secret.</summary>
public sealed class WebhookReceiver : ReceiverKind
{
    private const int MinSecretLength = 16;

    public override string Name => "webhook";

    public override string Title => "Webhook";

    public override int Order => 1;

    public override Type Client => typeof(WebhookClient);

    public override IReadOnlyList<ReceiverField> Fields { get; } =
    [
        new("url", "URL")
        {
            IsNeeded = true,
            IsAddress = true,
            Hint = "https://",
        },
        new("secret", "Secret of the signature")
        {
            IsSecret = true,
            Hint = $"{MinSecretLength} characters or more",
            Check = secret =>
                secret.Length < MinSecretLength ? $"at least {MinSecretLength} characters are needed, for nobody to guess it." : null,
        },
        ReceiverField.Authorization,
    ];

    public override string Where(ReceiverSpecification declared) => MaskedUrl.Of(declared.Text("url")) ?? "";
}
