namespace Plumbline.Alerting.Delivery.Receivers.Alertmanager;

/// <summary>Every member of a cluster of Prometheus' Alertmanager.</summary>
public sealed class AlertmanagerReceiver : ReceiverKind
{
    private const int MaxMembers = 10;

    public override string Name => "alertmanager";

    public override string Title => "Alertmanager";

    public override int Order => 4;

    public override Type Client => typeof(AlertmanagerClient);

    public override IReadOnlyList<ReceiverField> Fields { get; } =
    [
        new("urls", "URLs of all members", FieldShape.List)
        {
            IsNeeded = true,
            IsAddress = true,
            MaxItems = MaxMembers,
            Hint = "http://one:9093, http://two:9093",
        },
        ReceiverField.Authorization,
    ];

    public override bool TakesSingles => true;

    public override bool NeedsReminders => true;

    public override string Where(ReceiverSpecification declared) => string.Join(", ", declared.Texts("urls").Select(MaskedUrl.Of));
}
