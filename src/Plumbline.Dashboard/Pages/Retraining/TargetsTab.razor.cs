using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Targets;
using Plumbline.Review.Retraining.Web;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>Where models are trained again, for administrators.</summary>
public sealed partial class TargetsTab
{
    private int _changes;
    private (bool Good, string Words)? _told;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    [Inject]
    private TargetReach Reach { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private async Task TestAsync(RetrainingTarget target)
    {
        var problem = await RunAsync(
            RetrainingCommands.TestTarget,
            model: null,
            target.Name,
            _ => Reach.TryAsync(target, CancellationToken.None)
        );
        _told = problem is null
            ? (true, $"{target.Name} can be reached; nothing was sent to it.")
            : (false, $"{target.Name} cannot be reached: {problem}.");
    }

    private async Task DeleteAsync(RetrainingTarget target)
    {
        await RunAsync(
            RetrainingCommands.DeleteTarget,
            model: null,
            target.Name,
            _ => Targets.DeleteAsync(target.Name, CancellationToken.None)
        );
        (_told, _changes) = ((true, $"{target.Name} is removed; runs that wait for it fail."), _changes + 1);
    }

    private void Saved(string words)
    {
        (_told, _changes) = ((true, words), _changes + 1);
        Navigation.NavigateTo(Links.RetrainingTargets);
    }
}
