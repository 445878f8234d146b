namespace Plumbline.Alerting.Delivery.Receivers.Slack;

/// <summary>An incoming webhook of Slack, or of what understands the same.</summary>
public sealed class SlackReceiver : ReceiverKind
{
    public override string Name => "slack";

    public override string Title => "Slack";

    public override int Order => 2;

    public override Type Client => typeof(SlackClient);

    // Whoever knows the URL can write into the channel.
    public override IReadOnlyList<ReceiverField> Fields { get; } =
    [
        new("url", "URL")
        {
            IsNeeded = true,
            IsAddress = true,
            IsSecret = true,
            Hint = "https://",
        },
    ];

    public override string Where(ReceiverSpecification declared) => "the channel of its secret URL";

    // The secret is the whole destination.
    public override string Destination(ReceiverSpecification declared) => Name;
}
