using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>A share of a whole as a bar; the number stands beside it.</summary>
public sealed partial class ShareBar
{
    /// <summary>0..1; more is drawn as 1.</summary>
    [Parameter, EditorRequired]
    public double Share { get; set; }

    private string Width => (Math.Clamp(Share, 0, 1) * 100).ToString("0.##", CultureInfo.InvariantCulture);
}
