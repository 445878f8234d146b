using Plumbline.Registry.Web;

namespace Plumbline.Dashboard;

/// <summary>The document around every page: its styles, its scripts, and the theme that was chosen.</summary>
public sealed partial class App
{
    /// <summary>The parts whose pages draw charts; of the others a page that does fetches the library when it draws.</summary>
    private static readonly string[] Charted = [Links.Models, Links.Incidents, Links.Explore];

    private bool HasCharts =>
        Http.HttpContext?.Request.Path is { } path && Charted.Any(part => path.StartsWithSegments(part, StringComparison.Ordinal));

    /// <summary>The chosen theme, or null to follow the system: known before the first paint, so nothing flashes.</summary>
    private string? Theme =>
        Http.HttpContext?.Request.Cookies["plumbline-theme"] is "light" or "dark"
            ? Http.HttpContext.Request.Cookies["plumbline-theme"]
            : null;
}
