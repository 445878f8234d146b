using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plumbline.Alerting.Delivery.Receivers.Alertmanager;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.OutsideAlerts;

/// <summary>What an Alertmanager sends to a webhook, as far as it is used; what newer releases add is passed over.</summary>
internal sealed record AlertmanagerMessage
{
    /// <summary>Alerts of one message.</summary>
    public const int MaxAlerts = 1_000;

    private const int MaxText = 500;
    private const int MaxLabels = 64;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public IReadOnlyList<Alert?>? Alerts { get; init; }

    /// <summary>One alert.</summary>
    internal sealed record Alert
    {
        public string? Status { get; init; }

        public IReadOnlyDictionary<string, string?>? Labels { get; init; }

        public IReadOnlyDictionary<string, string?>? Annotations { get; init; }

        public DateTimeOffset? StartsAt { get; init; }

        public DateTimeOffset? EndsAt { get; init; }

        public string? Fingerprint { get; init; }

        /// <summary>
        /// Whether it is one of ours that came back: an Alertmanager that is told of incidents may send all that it has to one webhook.
        /// </summary>
        public bool IsOurs => Label("alertname") == AlertmanagerClient.AlertName;

        /// <summary>What is wrong with it; null when it can be taken.</summary>
        public string? Wrong =>
            Status is not ("firing" or "resolved") ? "status is firing or resolved."
            : Labels is not { Count: > 0 and <= MaxLabels } ? $"1..{MaxLabels} labels are needed."
            : StartsAt is null ? "startsAt is needed."
            : null;

        public InfrastructureAlertRow Row(DateTimeOffset now) =>
            new()
            {
                Fingerprint = Fingerprint is { Length: > 0 and <= 64 } given ? given : Hash(),
                Name = Shown(Label("alertname"), "an alert without a name"),
                Severity = Problems.Shorten(Label("severity"), 50),
                Model = Label("model"),
                Summary = Shown(Annotation("summary"), Annotation("description")),
                Labels = JsonSerializer.Serialize(
                    Labels!.ToDictionary(pair => pair.Key, pair => Problems.Shorten(pair.Value ?? "", MaxText))
                ),
                StartsAtMs = StartsAt!.Value.ToUnixTimeMilliseconds(),
                // What fires ends in the year 1.
                EndsAtMs =
                    Status == "resolved"
                        ? Math.Max((EndsAt ?? now).ToUnixTimeMilliseconds(), StartsAt.Value.ToUnixTimeMilliseconds())
                        : null,
                ReceivedAtMs = now.ToUnixTimeMilliseconds(),
            };

        private string Label(string name) => Labels?.GetValueOrDefault(name) ?? "";

        private string Annotation(string name) => Annotations?.GetValueOrDefault(name) ?? "";

        private static string Shown(string text, string otherwise) => Problems.Shorten(text.Length > 0 ? text : otherwise, MaxText);

        private string Hash()
        {
            var labels = Labels!.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', labels)))[..16]);
        }
    }
}
