using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>A policy as the configuration file declares it, to copy.</summary>
public sealed partial class PolicyYamlPanel
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>Name of the policy.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    private async Task<Found> LoadAsync(CancellationToken cancellation) =>
        new(
            await Policies.FindAsync(Scope.Model, Name, cancellation) is { } stored
                ? PolicyYaml.Write(Scope.Model.Name, stored.Policy)
                : null
        );

    /// <summary>What was read; nothing for a policy that is not there.</summary>
    public sealed record Found(string? Yaml);
}
