using System.Collections.Immutable;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>The test button: one message at once, past silences and groups, recorded like any other.</summary>
public sealed class TestMessages(MessageSending sending, TimeProvider time)
{
    public Task<(long DeliveryId, SendOutcome Outcome)> SendAsync(Receiver receiver, string by, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return sending.TestAsync(
            receiver,
            new Notification
            {
                Key = $"test-{Guid.CreateVersion7(now):N}",
                Kind = NotificationKind.Test,
                Model = "test",
                Severity = AlertSeverity.Warning,
                Headline = "This is a test of Plumbline",
                Body =
                    $"If you can read this, the receiver '{receiver.Name}' works.\nThe test was asked for by {by}. "
                    + "Nothing is wrong with any model.",
                StartedAt = now,
                Path = Links.Settings,
                Labels = ImmutableDictionary<string, string>.Empty.Add("alertname", "PlumblineTest"),
            },
            cancellation
        );
    }
}
