using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Estimation;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Estimates adapted to the shift of the inputs: computed when asked for, because trees are fitted each time.</summary>
public sealed partial class AdaptedPanel
{
    /// <summary>The part of the address that asks for it.</summary>
    public const string Asked = "adapt";

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<AdaptedView> ReadAsync(CancellationToken cancellation) =>
        new(await Adaptation.EstimateAsync(Scope.Model, Scope.From, Scope.To, Scope.Version, Scope.Segment, cancellation));

    private sealed record AdaptedView(AdaptedEstimates? Estimates);
}
