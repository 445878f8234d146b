using Plumbline.Alerting.Delivery.Receivers;

namespace Plumbline.Alerting.Delivery;

/// <summary>How a receiver is shown: its declaration and its figures; of a secret only whether it is set.</summary>
public static class ReceiverView
{
    /// <summary>The body of GET /v1/receivers/{name}.</summary>
    public static IReadOnlyDictionary<string, object?> Of(Receiver receiver, ReceiverFigures figures)
    {
        var declared = receiver.Declared;
        var view = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = receiver.Name,
            ["kind"] = receiver.Kind.ToString().ToLowerInvariant(),
            ["minimum_severity"] = receiver.MinimumSeverity.ToString().ToLowerInvariant(),
            ["models"] = declared.Models,
            ["digest"] = declared.Digest,
            ["enabled"] = declared.Enabled,
            ["source"] = receiver.Source.ToString().ToLowerInvariant(),
        };
        var secret = declared.SecretValues().Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in ReceiverRules.KeysOf(receiver.Kind)) view[key] = secret.Contains(key) ? new { Set = receiver.SecretsSet.Contains(key, StringComparer.Ordinal) } : ValueOf(receiver, key);
        view["state"] = new
        {
            Status = StatusOf(receiver, figures),
            figures.Waiting,
            figures.Delivered,
            figures.Failed,
            figures.LastDeliveredAt,
            figures.LastFailedAt,
            figures.Trouble,
            figures.TroubleSince,
        };
        return view;
    }

    /// <summary>secrets_lost, off, failing, unused or ok.</summary>
    public static string StatusOf(Receiver receiver, ReceiverFigures figures)
    {
        if (receiver.SecretsLost) return "secrets_lost";
        if (!receiver.Declared.Enabled) return "off";
        if (figures.Trouble is not null) return "failing";
        return figures.LastDeliveredAt is null && figures.Failed == 0 ? "unused" : "ok";
    }

    /// <summary>A URL without its query, where tokens tend to be.</summary>
    public static string? WithoutQuery(string? url) => url is not null && url.IndexOf('?') is >= 0 and var at ? url[..at] + "?…" : url;

    private static object? ValueOf(Receiver receiver, string key) => key switch
    {
        "url" => WithoutQuery(receiver.Declared.Url ?? (receiver.Kind == ReceiverKind.PagerDuty ? ReceiverRules.DefaultPagerDutyUrl : null)),
        "urls" => receiver.Declared.Urls.Select(WithoutQuery),
        "host" => receiver.Declared.Host,
        "port" => receiver.Declared.Port ?? (receiver.Declared.Tls == "implicit" ? 465 : 587),
        "tls" => receiver.Declared.Tls is { Length: > 0 } tls ? tls : "starttls",
        "user_name" => receiver.Declared.UserName,
        "from" => receiver.Declared.From,
        "to" => receiver.Declared.To,
        "certificate_sha256" => receiver.Declared.CertificateSha256,
        _ => null,
    };
}
