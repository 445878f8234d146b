using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Health;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>Receivers in words. Never a secret: only what <see cref="Receiver.Declared"/> has.</summary>
internal static class ReceiverWords
{
    public static string Takes(Receiver receiver)
    {
        var models = receiver.Declared.Models.Count switch
        {
            0 => "all models",
            1 => receiver.Declared.Models[0],
            var count => $"{count} models",
        };
        return $"{(receiver.MinimumSeverity == AlertSeverity.Critical ? "critical" : "warning and critical")}"
            + $"{(receiver.Declared.Digest ? ", digest" : "")}; {models}";
    }

    public static HealthState StateOf(Receiver receiver, ReceiverFigures figures) =>
        ReceiverView.StatusOf(receiver, figures) switch
        {
            "failing" or "secrets_lost" => HealthState.Bad,
            "off" or "unused" => HealthState.Unknown,
            _ => figures.LastFailedAt > figures.LastDeliveredAt || (figures.Failed > 0 && figures.LastDeliveredAt is null)
                ? HealthState.Watch
                : HealthState.Ok,
        };

    public static string? Why(Receiver receiver, ReceiverFigures figures) =>
        ReceiverView.StatusOf(receiver, figures) switch
        {
            "secrets_lost" => "its stored secrets cannot be read; set them again",
            "failing" => figures.Trouble,
            "off" => "switched off",
            "unused" => "nothing was sent yet",
            _ => StateOf(receiver, figures) == HealthState.Watch ? "the last message was given up" : null,
        };
}
