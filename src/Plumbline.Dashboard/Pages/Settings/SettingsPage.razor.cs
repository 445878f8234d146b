using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>The settings, tab by tab.</summary>
public sealed partial class SettingsPage
{
    [Parameter]
    public string? Tab { get; set; }

    /// <summary>Who is signed in.</summary>
    [CascadingParameter]
    public Actor Actor { get; set; } = null!;

    private IReadOnlyList<(string Words, string Address)> Parts =>
        [.. Tabs.Of(Links.Settings, Actor).Select(tab => (tab.Words, Links.Tab(Links.Settings, tab.Key)))];

    private PageTab? Shown => Tabs.Find(Links.Settings, Tab) is { } tab && tab.Needs.Allows(Actor) ? tab : null;

    protected override void OnParametersSet() =>
        Frame.Show(
            string.IsNullOrEmpty(Tab) ? [("Settings", null)] : [("Settings", Links.Settings), (Shown?.Words ?? Tab, null)],
            demo: Demo.IsDemo
        );
}
