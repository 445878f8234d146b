using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Windows;
using Plumbline.Server.Hosting;

[assembly: AssemblyFixture(typeof(Plumbline.Browser.Tests.BrowserHost))]

namespace Plumbline.Browser.Tests;

/// <summary>
/// The real server with the real engine, some models with a week of numbers, and Chromium to look at it. Without an
/// installed Chromium the tests are skipped with that reason: Playwright's own download is not used.
/// </summary>
public sealed class BrowserHost : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-browser-{Guid.NewGuid():N}");
    private WebApplication? _app;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    /// <summary>Why there is no browser, or null.</summary>
    public string? Missing { get; private set; }

    /// <summary>The checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Where screenshots go: artifacts/screenshots of the repository.</summary>
    public static string Screenshots { get; } = Path.Combine(Repository, "artifacts", "screenshots");

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is not { } chromium)
        {
            Missing = Chromium.Missing;
            return;
        }
        _app = PlumblineHost.Build(
            new PlumblineOptions
            {
                DataDirectory = _data,
                Urls = "http://127.0.0.1:0",
                Windows = new WindowOptions { IntervalMs = 100, QuietMs = 0 },
                // Nothing listens there.
                System = new MachineOptions
                {
                    Prometheus = [new PrometheusConnection { Name = "main", Url = new Uri("http://127.0.0.1:9") }],
                },
            }
        );
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await SeededModels.SeedAsync(_app.Services);
        await SeededReceivers.SeedAsync(_app.Services);
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, chromium);
        Directory.CreateDirectory(Screenshots);
    }

    /// <summary>A fresh page with its own session that collects everything the browser complains about.</summary>
    public async Task<WatchedPage> OpenAsync(int width = 1440, string theme = "light")
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                BaseURL = Address.ToString(),
                TimezoneId = "Europe/Paris",
            }
        );
        context.SetDefaultTimeout(60_000);
        return new WatchedPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Plumbline.slnx")))
                return folder.FullName;
        }
        return AppContext.BaseDirectory;
    }
}
