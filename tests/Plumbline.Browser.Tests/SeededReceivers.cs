using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.State;

namespace Plumbline.Browser.Tests;

/// <summary>Receivers in several states, silences, and notifications on their way: one receiver is never reached.</summary>
public static class SeededReceivers
{
    public const string Secret = "a-secret-that-no-page-shows";

    public static async Task SeedAsync(IServiceProvider services)
    {
        var receivers = services.GetRequiredService<ReceiverCatalog>();
        foreach (
            var (name, specification) in new (string, ReceiverSpecification)[]
            {
                (
                    "unreachable",
                    new()
                    {
                        Kind = "webhook",
                        ["url"] = $"http://127.0.0.1:9/hook?token={Secret}",
                        ["secret"] = Secret,
                        Digest = true,
                        Models = [SeededModels.Router],
                    }
                ),
                (
                    "mail-to-the-team",
                    new()
                    {
                        Kind = "email",
                        ["host"] = "mail.example.com",
                        ["from"] = "plumbline@example.com",
                        ["to"] = new[] { "ann@example.com", "bob@example.com", "carla@example.com", "dora@example.com" },
                        MinimumSeverity = "critical",
                        Models = ["none"],
                    }
                ),
                (
                    "off",
                    new()
                    {
                        Kind = "slack",
                        ["url"] = $"https://hooks.slack.com/services/{Secret}",
                        Enabled = false,
                    }
                ),
            }
        )
        {
            var (_, _, errors) = await receivers.PutAsync(name, specification, "seed", CancellationToken.None);
            Assert.Empty(errors);
        }

        var silences = services.GetRequiredService<Silences>();
        await silences.AddAsync(
            new SilenceSpecification
            {
                Matchers = [new("feature", "<b>silent</b>")],
                Comment = "an import that is known to be late",
                For = "4h",
            },
            "ann",
            CancellationToken.None
        );
        await silences.AddAsync(
            new SilenceSpecification
            {
                Matchers = [new("model", "nothing.*", "=~")],
                Comment = "weekly load",
                Recurrence = new Recurrence
                {
                    Weekdays = ["saturday"],
                    From = "22:00",
                    To = "04:00",
                    TimeZone = "Europe/Paris",
                },
            },
            "bob",
            CancellationToken.None
        );
        var outbox = services.GetRequiredService<NotificationOutbox>();
        await using var db = await services.GetRequiredService<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        outbox.Add(db, Incident(1, "income", AlertSeverity.Warning));
        outbox.Add(db, Incident(2, "<b>silent</b>", AlertSeverity.Critical));
        outbox.Add(db, Incident(3, "age", AlertSeverity.Warning) with { InhibitedBy = "incident-1" });
        outbox.Add(db, Incident(4, "hours", AlertSeverity.Warning) with { Model = SeededModels.Price });
        await db.SaveChangesAsync();
        outbox.Wake();
    }

    private static Notification Incident(long id, string feature, AlertSeverity severity) =>
        new()
        {
            Key = $"seed-{id}",
            Kind = NotificationKind.Opened,
            Model = SeededModels.Router,
            Severity = severity,
            Headline = $"{feature} of the router has moved since Tuesday, with an estimated effect on accuracy of -0.3 points",
            Body = "..",
            StartedAt = TimeProvider.System.GetUtcNow(),
            Path = "/self",
            Labels = ImmutableDictionary<string, string>.Empty.Add("feature", feature),
        };
}
