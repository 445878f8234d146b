using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>
/// Rows are the ground truth, columns the model's answers; each cell shows its share of the row, so that rare classes count.
/// </summary>
public sealed partial class ConfusionMatrix
{
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Classes { get; set; } = [];

    /// <summary>[ground truth][prediction] = rows.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<IReadOnlyList<long>> Counts { get; set; } = [];

    // Tints stay light enough that the text keeps its contrast in both themes.
    private static string Shade(double share, bool right) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"background: color-mix(in srgb, var({(right ? "--cat-1" : "--cat-2")}) {Math.Round(share * 34)}%, transparent)"
        );
}
