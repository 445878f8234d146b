namespace Plumbline.Browser.Tests;

/// <summary>
/// Walks every page as a reader sees it: wide and narrow, light and dark. In several classes, which run side by side.
/// </summary>
public abstract class PageWalk(BrowserHost host)
{
    protected const string Router = "/models/" + SeededModels.Router;

    protected BrowserHost Host { get; } = host;

    /// <summary>The checks of <c>checks.js</c> that hold for every page.</summary>
    internal static string[] Checks { get; } = ["failures", "overflow", "labels", "contrast", "cut", "focusable", "targets"];

    /// <summary>Opens a page at two widths and in two themes; it must have nothing to complain about.</summary>
    protected async Task ShowAsync(string name, string address)
    {
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var theme in new[] { "light", "dark" })
            {
                await using var watched = await Host.OpenAsync(width, theme);
                await watched.GoAsync(address);
                await watched.ShootAsync($"{name}-{width}-{theme}");
                var findings = new List<string>(watched.Complaints);
                foreach (var check in Checks)
                    findings.AddRange((await watched.CheckAsync(check)).Select(finding => $"{check}: {finding}"));
                // Once in each theme and at each width: what else axe looks at is the same in the other two pictures.
                if ((width, theme) is (1440, "light") or (390, "dark"))
                    findings.AddRange((await watched.AxeAsync()).Select(finding => $"axe: {finding}"));
                Assert.True(
                    findings.Count == 0,
                    $"{address} at {width} px, {theme}:{Environment.NewLine}{string.Join(Environment.NewLine, findings)}"
                );
            }
        }
    }
}
