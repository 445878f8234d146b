using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Estimation;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Estimates adapted to the shift of the inputs: computed when asked for, because trees are fitted each time.</summary>
public sealed partial class AdaptedPanel
{
    /// <summary>The part of the address that asks for it.</summary>
    public const string Asked = "adapt";

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private Task<Sides<AdaptedView>> ReadAsync(CancellationToken cancellation) =>
        Scope.BothAsync(async side => new AdaptedView(
            await Adaptation.EstimateAsync(side.Model, side.From, side.To, side.Version, side.Segment, cancellation)
        ));

    private sealed record AdaptedView(AdaptedEstimates? Estimates)
    {
        public Plumbline.Statistics.Estimate? Of(string name) => Estimates?.Adapted.FirstOrDefault(metric => metric.Name == name).Value;
    }
}
