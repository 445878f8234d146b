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
            ["kind"] = receiver.Kind.Name,
            ["minimum_severity"] = receiver.MinimumSeverity.ToString().ToLowerInvariant(),
            ["models"] = declared.Models,
            ["digest"] = declared.Digest,
            ["enabled"] = declared.Enabled,
            ["source"] = receiver.Source.ToString().ToLowerInvariant(),
        };
        foreach (var field in receiver.Kind.Fields)
            view[field.Key] = ValueOf(receiver, field);
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
        if (receiver.SecretsLost)
            return "secrets_lost";
        if (!receiver.Declared.Enabled)
            return "off";
        if (figures.Trouble is not null)
            return "failing";
        return figures.LastDeliveredAt is null && figures.Failed == 0 ? "unused" : "ok";
    }

    private static object? ValueOf(Receiver receiver, ReceiverField field)
    {
        if (field.IsSecret)
            return new { Set = receiver.SecretsSet.Contains(field.Key, StringComparer.Ordinal) };
        var value = receiver.Declared.IsGiven(field.Key) ? receiver.Declared[field.Key] : field.Default(receiver.Declared);
        return (field.IsAddress, value) switch
        {
            (true, string url) => MaskedUrl.Of(url),
            (true, IEnumerable<string> urls) => urls.Select(MaskedUrl.Of),
            (_, null) when field.Shape == FieldShape.List => Array.Empty<string>(),
            _ => value,
        };
    }
}
