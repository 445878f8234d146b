using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>The settings, tab by tab.</summary>
public sealed partial class SettingsPage
{
    [Parameter]
    public string? Tab { get; set; }

    private static IReadOnlyList<(string Words, string Address)> Parts =>
        [.. Tabs.Of(Links.Settings).Select(tab => (tab.Words, Links.Tab(Links.Settings, tab.Key)))];

    private PageTab? Shown => Tabs.Find(Links.Settings, Tab);

    protected override void OnParametersSet() =>
        Frame.Show(
            string.IsNullOrEmpty(Tab) ? [("Settings", null)] : [("Settings", Links.Settings), (Shown?.Words ?? Tab, null)],
            demo: Demo.IsDemo
        );
}
