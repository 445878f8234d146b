using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>To whom alerts go.</summary>
public sealed partial class ReceiversTab
{
    private int _changes;
    private string? _testing;
    private (bool Good, string Words)? _told;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    private async Task<IReadOnlyList<Line>> ReadAsync(CancellationToken cancellation)
    {
        var figures = await History.ReceiversAsync(cancellation);
        return [.. Receivers.All.Select(receiver => new Line(receiver, figures.GetValueOrDefault(receiver.Name, ReceiverFigures.None)))];
    }

    private async Task TestAsync(Receiver receiver)
    {
        (_testing, _told) = (receiver.Name, null);
        StateHasChanged();
        var (_, outcome) = await RunAsync(
            ReceiverCommands.Test,
            model: null,
            receiver.Name,
            actor => Tests.SendAsync(receiver, actor.Name, CancellationToken.None)
        );
        var good = outcome.Verdict == Plumbline.Alerting.Delivery.Sending.SendVerdict.Delivered;
        _told = (
            good,
            good
                ? $"{receiver.Name} took the test.{(outcome.Detail is null ? "" : $" {outcome.Detail}.")}"
                : $"{receiver.Name} did not take the test: {outcome.Detail}."
        );
        _testing = null;
        _changes++;
    }

    private Task SavedAsync(string words)
    {
        (_told, _changes) = ((true, words), _changes + 1);
        return Task.CompletedTask;
    }

    private sealed record Line(Receiver Receiver, ReceiverFigures Figures);

    private static string DeliveriesOf(string receiver, string state) =>
        Links.With(Links.Deliveries, ("receiver", receiver), ("state", state));
}
