using System.Globalization;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>What is typed into the form of a receiver. A secret that is there already is not: an empty field keeps it.</summary>
internal sealed class ReceiverDraft
{
    public string Name { get; set; } = "";

    public ReceiverKind Kind { get; init; }

    public string MinimumSeverity { get; set; } = "warning";

    public string Models { get; set; } = "";

    public string Digest { get; set; } = "no";

    public string Enabled { get; set; } = "yes";

    /// <summary>The fields of the kind by their keys.</summary>
    public Dictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public static ReceiverDraft Of(Receiver receiver)
    {
        var declared = receiver.Declared;
        var draft = new ReceiverDraft
        {
            Name = receiver.Name,
            Kind = receiver.Kind,
            MinimumSeverity = receiver.MinimumSeverity.ToString().ToLowerInvariant(),
            Models = string.Join(", ", declared.Models),
            Digest = declared.Digest ? "yes" : "no",
            Enabled = declared.Enabled ? "yes" : "no",
        };
        draft.Fields["url"] = ReceiverView.WithoutQuery(declared.Url) ?? "";
        draft.Fields["urls"] = string.Join(", ", declared.Urls.Select(ReceiverView.WithoutQuery));
        draft.Fields["host"] = declared.Host ?? "";
        draft.Fields["port"] = declared.Port?.ToString(CultureInfo.InvariantCulture) ?? "";
        draft.Fields["tls"] = declared.Tls ?? "";
        draft.Fields["user_name"] = declared.UserName ?? "";
        draft.Fields["from"] = declared.From ?? "";
        draft.Fields["to"] = string.Join(", ", declared.To);
        draft.Fields["certificate_sha256"] = declared.CertificateSha256 ?? "";
        return draft;
    }

    /// <summary>What to declare. A URL whose query was not shown and that was not changed stays as it is.</summary>
    public ReceiverSpecification Write(Receiver? present) => new()
    {
        Kind = Kind.ToString().ToLowerInvariant(),
        MinimumSeverity = MinimumSeverity,
        Models = List(Models),
        Digest = Digest == "yes",
        Enabled = Enabled == "yes",
        Url = Text("url") is { } url ? Unmask(url, present?.Declared.Url) : null,
        Urls = [.. List(Text("urls") ?? "").Select(typed => present?.Declared.Urls.FirstOrDefault(known => ReceiverView.WithoutQuery(known) == typed) ?? typed)],
        Secret = Text("secret"),
        Authorization = Text("authorization"),
        RoutingKey = Text("routing_key"),
        Host = Text("host"),
        // What is not a number becomes one that no port has, so that the rules refuse it by name.
        Port = Text("port") is { } port ? int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 : null,
        Tls = Text("tls"),
        UserName = Text("user_name"),
        Password = Text("password"),
        From = Text("from"),
        To = List(Text("to") ?? ""),
        CertificateSha256 = Text("certificate_sha256"),
    };

    private string? Text(string key) => ReceiverRules.KeysOf(Kind).Contains(key, StringComparer.Ordinal) && Fields.GetValueOrDefault(key)?.Trim() is { Length: > 0 } text ? text : null;

    private static string Unmask(string typed, string? known) => known is not null && ReceiverView.WithoutQuery(known) == typed ? known : typed;

    private static IReadOnlyList<string> List(string text) => text.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
