namespace Plumbline.Alerting.Delivery.Receivers.PagerDuty;

/// <summary>A service of PagerDuty, by an integration of its Events API v2.</summary>
public sealed class PagerDutyReceiver : ReceiverKind
{
    public const string DefaultUrl = "https://events.pagerduty.com/v2/enqueue";

    public override string Name => "pagerduty";

    public override string Title => "PagerDuty";

    public override int Order => 5;

    public override Type Client => typeof(PagerDutyClient);

    public override IReadOnlyList<ReceiverField> Fields { get; } =
    [
        new("routing_key", "Routing key") { IsNeeded = true, IsSecret = true },
        new("url", "URL")
        {
            IsAddress = true,
            Hint = "the usual one",
            Default = _ => DefaultUrl,
        },
    ];

    public override bool TakesSingles => true;

    public override string Where(ReceiverSpecification declared) => MaskedUrl.Of(declared.Text("url")) ?? "the service of its routing key";
}
