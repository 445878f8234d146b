using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages;

/// <summary>The money of a model's last complete 24 hours, with the change against a week before.</summary>
public sealed partial class MoneyOfDay
{
    [Parameter, EditorRequired]
    public string Model { get; set; } = "";

    [Parameter, EditorRequired]
    public DayCost? Cost { get; set; }

    private string Money(double amount) => Figures.Format(amount, Cost!.Currency);

    private string Title(DayCost cost) => $"24 hours to {Browser.Local(cost.To, Time.GetUtcNow())}; {Kind(cost)}";

    private static string Kind(DayCost cost) =>
        cost.Estimated ? "expected: ground truth is still to come" : "of predictions with ground truth, scaled to all";

    // A part of nothing says nothing: then the difference itself.
    private static string Change(double now, double before) =>
        before is 0 ? Figures.Signed(now) : $"{Figures.Signed(100 * (now - before) / Math.Abs(before))} %";
}
