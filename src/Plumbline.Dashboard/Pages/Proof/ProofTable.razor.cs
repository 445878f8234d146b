using Microsoft.AspNetCore.Components;
using Plumbline.Review.Proof;

namespace Plumbline.Dashboard.Pages.Proof;

/// <summary>Two versions by what cases have in common, each with its difference as a picture.</summary>
public sealed partial class ProofTable
{
    /// <summary>What is compared, all cases first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ProofSlice> Slices { get; set; } = [];

    /// <summary>The new version.</summary>
    [Parameter, EditorRequired]
    public string Version { get; set; } = "";

    /// <summary>Accuracy, or errors of numbers.</summary>
    [Parameter]
    public bool AreShares { get; set; }

    /// <summary>What the table holds.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    // One scale for all, so that bars can be compared: the widest interval of a slice with enough cases.
    private double Reach =>
        Slices
            .Select(slice => slice.Compared.Difference)
            .Select(gain => Math.Max(Math.Abs(gain.Lower ?? 0), Math.Abs(gain.Upper ?? 0)))
            .DefaultIfEmpty(1)
            .Max();
}
