using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Primitives;
using Plumbline.Alerting.Delivery;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>What was sent to whom, and what could not be.</summary>
public sealed partial class DeliveriesTab
{
    private static readonly string[] Conditions = ["receiver", "state", "model", "incident", "cursor"];

    private DeliveryQuery _query = new();
    private string? _error;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    private object Key => (Scope["receiver"], Scope["state"], Scope["model"], Scope["incident"], Scope["cursor"]);

    protected override void OnParametersSet()
    {
        var (query, error) = DeliveryEndpoints.ReadQuery(
            new QueryCollection(
                Conditions
                    .Where(key => Scope[key] is not null)
                    .ToDictionary(key => key, key => new StringValues(Scope[key]), StringComparer.Ordinal)
            )
        );
        (_query, _error) = (query ?? new DeliveryQuery(), error);
    }

    private void Choose(string key, ChangeEventArgs change) =>
        Navigation.NavigateTo(Scope.With((key, change.Value?.ToString()), ("cursor", null)));

    /// <summary>The receivers to choose from, with the chosen one, which may be no more.</summary>
    private IEnumerable<string> ReceiverNames =>
        Receivers.All.Select(receiver => receiver.Name).Union(Scope["receiver"] is { } chosen ? [chosen] : [], StringComparer.Ordinal);

    private string WhyNothing =>
        Scope["receiver"] is null && Scope["state"] is null ? "Incidents and tests appear here." : "Nothing of this kind.";

    private static string Words(DeliveryState state) =>
        state switch
        {
            DeliveryState.Failed => "given up",
            DeliveryState.Unrouted => "no receiver",
            DeliveryState.Inhibited => "inhibited",
            _ => state.ToString().ToLowerInvariant(),
        };
}
