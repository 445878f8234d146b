using System.Text.Json.Serialization;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>The kinds of receivers, as they are written: webhook, slack, email, alertmanager, pagerduty.</summary>
public enum ReceiverKind
{
    Webhook,
    Slack,
    Email,
    Alertmanager,
    PagerDuty,
}

/// <summary>
/// A receiver as people declare it, in the body of PUT /v1/receivers/{name} and in the configuration file alike. Which keys a kind knows is checked by
/// <see cref="ReceiverRules"/>. Its text form never has a secret in it.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReceiverSpecification
{
    /// <summary>1..64 characters of [A-Za-z0-9._-]. Over the API the address names it.</summary>
    public string? Name { get; init; }

    /// <summary>webhook, slack, email, alertmanager or pagerduty.</summary>
    public string Kind { get; init; } = "";

    /// <summary>warning or critical: what is less severe is not sent. Default warning.</summary>
    public string MinimumSeverity { get; init; } = "warning";

    /// <summary>Names of the models whose notifications it gets; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init => field = value ?? []; } = [];

    /// <summary>Whether it gets the daily digest. Not for alertmanager and pagerduty, which wake people.</summary>
    public bool Digest { get; init; }

    /// <summary>False keeps it but sends nothing to it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where a webhook, Slack (secret) or PagerDuty (default: its public address) is.</summary>
    public string? Url { get; init; }

    /// <summary>Every Alertmanager of a cluster.</summary>
    public IReadOnlyList<string> Urls { get; init => field = value ?? []; } = [];

    /// <summary>Key of a webhook's signature. Secret.</summary>
    public string? Secret { get; init; }

    /// <summary>Value of the Authorization header of a webhook or Alertmanager, such as <c>Bearer abc</c>. Secret.</summary>
    public string? Authorization { get; init; }

    /// <summary>Integration key of PagerDuty. Secret.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Mail server.</summary>
    public string? Host { get; init; }

    /// <summary>Its port; default 587, with <c>tls: implicit</c> 465.</summary>
    public int? Port { get; init; }

    /// <summary>starttls (default), implicit or none.</summary>
    public string? Tls { get; init; }

    /// <summary>Who signs in at the mail server; null to send without.</summary>
    public string? UserName { get; init; }

    /// <summary>Secret.</summary>
    public string? Password { get; init; }

    /// <summary>Address that mails come from.</summary>
    public string? From { get; init; }

    /// <summary>Addresses that mails go to.</summary>
    public IReadOnlyList<string> To { get; init => field = value ?? []; } = [];

    /// <summary>SHA-256 of the mail server's certificate in hex, for a server whose certificate no authority signed.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>The secrets that are given, by their key.</summary>
    internal Dictionary<string, string> TakeSecrets()
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in SecretValues())
            if (value is not null) secrets[key] = value;
        return secrets;
    }

    /// <summary>The same with the given secrets in place of its own.</summary>
    internal ReceiverSpecification WithSecrets(IReadOnlyDictionary<string, string> secrets)
    {
        var bare = this with { Secret = Of("secret"), Authorization = Of("authorization"), RoutingKey = Of("routing_key"), Password = Of("password") };
        return IsSlack ? bare with { Url = Of("url") } : bare;

        string? Of(string key) => secrets.GetValueOrDefault(key);
    }

    /// <summary>The keys of this kind that are secret, with their present values.</summary>
    internal IEnumerable<(string Key, string? Value)> SecretValues()
    {
        yield return ("secret", Secret);
        yield return ("authorization", Authorization);
        yield return ("routing_key", RoutingKey);
        yield return ("password", Password);
        // Whoever knows a Slack URL can write into the channel.
        if (IsSlack) yield return ("url", Url);
    }

    private bool IsSlack => string.Equals(Kind, "slack", StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"receiver '{Name}' ({Kind})";
}
