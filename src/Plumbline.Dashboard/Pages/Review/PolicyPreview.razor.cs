using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>What a policy would have chosen from the page's range, and how much of it turned out wrong.</summary>
public sealed partial class PolicyPreview
{
    private const int Shown = 25;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>Name of the policy.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    [Inject]
    private DrawPreview Preview { get; set; } = null!;

    private async Task<Found> LoadAsync(CancellationToken cancellation)
    {
        if (await Policies.FindAsync(Scope.Model, Name, cancellation) is not { } stored)
            return new Found(null);
        var from = Scope.To - Scope.From > Longest ? Scope.To - Longest : Scope.From;
        return new Found(await Preview.PreviewAsync(Scope.Model, (stored.Id, stored.Policy), from, Scope.To, cancellation));
    }

    /// <summary>What was read; nothing for a policy that is not there.</summary>
    public sealed record Found(DrawReport? Report);
}
