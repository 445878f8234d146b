using System.Globalization;
using Plumbline.Alerting.Delivery.Receivers;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>What is typed into the form of a receiver. A secret that is there already is not: an empty field keeps it.</summary>
internal sealed class ReceiverDraft(ReceiverKind kind)
{
    private readonly Dictionary<string, string> _typed = new(StringComparer.Ordinal);

    public string Name { get; set; } = "";

    public ReceiverKind Kind => kind;

    public string MinimumSeverity { get; set; } = "warning";

    public string Models { get; set; } = "";

    public string Digest { get; set; } = "no";

    public string Enabled { get; set; } = "yes";

    /// <summary>What is typed for a field of the kind, by its key.</summary>
    public string this[string key]
    {
        get => _typed.GetValueOrDefault(key, "");
        set => _typed[key] = value;
    }

    public static ReceiverDraft Of(Receiver receiver)
    {
        var declared = receiver.Declared;
        var draft = new ReceiverDraft(receiver.Kind)
        {
            Name = receiver.Name,
            MinimumSeverity = receiver.MinimumSeverity.ToString().ToLowerInvariant(),
            Models = string.Join(", ", declared.Models),
            Digest = declared.Digest ? "yes" : "no",
            Enabled = declared.Enabled ? "yes" : "no",
        };
        foreach (var field in receiver.Kind.Fields)
        {
            draft[field.Key] =
                declared.Number(field.Key)?.ToString(CultureInfo.InvariantCulture)
                ?? string.Join(", ", declared.Texts(field.Key).Select(text => field.IsAddress ? MaskedUrl.Of(text) : text));
        }

        return draft;
    }

    /// <summary>What to declare.</summary>
    public ReceiverSpecification Write(Receiver? present) =>
        new ReceiverSpecification
        {
            Kind = kind.Name,
            MinimumSeverity = MinimumSeverity,
            Models = List(Models),
            Digest = Digest == "yes",
            Enabled = Enabled == "yes",
        }.With(kind.Fields.Select(field => (field.Key, ValueOf(field, this[field.Key].Trim(), present))));

    private static object? ValueOf(ReceiverField field, string typed, Receiver? present)
    {
        if (typed.Length == 0)
            return null;
        return field.Shape switch
        {
            FieldShape.List => List(typed).Select(text => Unmask(field, text, present)),
            // What is not a number becomes one below every range, so that the rules refuse it by name.
            FieldShape.Number => long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : field.Range.From - 1,
            _ => Unmask(field, typed, present),
        };
    }

    // A URL whose query was not shown and that was not changed stays as it is.
    private static string Unmask(ReceiverField field, string typed, Receiver? present) =>
        (field.IsAddress ? present?.Declared.Texts(field.Key).FirstOrDefault(known => MaskedUrl.Of(known) == typed) : null) ?? typed;

    private static IReadOnlyList<string> List(string text) =>
        text.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
