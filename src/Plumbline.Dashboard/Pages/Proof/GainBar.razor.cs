using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Statistics;

namespace Plumbline.Dashboard.Pages.Proof;

/// <summary>A difference with its interval as a line.</summary>
public sealed partial class GainBar
{
    /// <summary>Positive is better.</summary>
    [Parameter, EditorRequired]
    public Estimate Gain { get; set; }

    /// <summary>The end of the scale on both sides, positive.</summary>
    [Parameter, EditorRequired]
    public double Reach { get; set; }

    /// <summary>The same in words.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    private string Class =>
        Gain is { Lower: > 0 } ? "better"
        : Gain is { Upper: < 0 } ? "worse"
        : "open";

    private string At(double value) =>
        (Math.Clamp(Reach > 0 ? value / Reach : 0, -1, 1) * 98).ToString("0.##", CultureInfo.InvariantCulture);
}
