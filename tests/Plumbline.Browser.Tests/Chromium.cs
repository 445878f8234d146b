using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>The installed Chromium: Playwright's own download is not used.</summary>
internal static class Chromium
{
    // Without a window system first: where there is no graphics card it takes a quarter of the time.
    private static readonly string[] Places =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    /// <summary>What to do where there is none.</summary>
    public static string Missing { get; } =
        $"No Chromium is installed (looked at {string.Join(", ", Places)}; PLUMBLINE_CHROMIUM names another).";

    /// <summary>
    /// True of a page in a browser once it is that of its address, keys are heard, no panel is loading and every chart is drawn.
    /// </summary>
    public const string IsSettled = """
        () => {
          const main = document.querySelector('main[data-address]');
          const drawn = [...document.querySelectorAll('.chart .canvas')].every(chart => chart.dataset.drawn);
          return !!document.querySelector('h1') && !!window.Blazor && drawn
            && (!document.querySelector('.frame') || !!document.documentElement.dataset.keys)
            && (!main || main.dataset.address.split('#')[0] === location.href.split('#')[0])
            && !document.querySelector('.skeleton, [aria-busy=true]');
        }
        """;

    /// <summary>Its program; null where none is installed.</summary>
    public static string? Find() => Environment.GetEnvironmentVariable("PLUMBLINE_CHROMIUM") ?? Array.Find(Places, File.Exists);

    /// <summary>Starts it without a window.</summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, string program) =>
        playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Headless = true,
                Args =
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
}
