using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Ingestion.Sources;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Tables from which outcomes are fetched, and how that goes.</summary>
public sealed partial class SourcesPanel
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private static HealthState State(SourceView source) =>
        source.State switch
        {
            SourceState.Failing => HealthState.Bad,
            _ when source.Rejected > 0 => HealthState.Watch,
            _ => HealthState.Ok,
        };
}
