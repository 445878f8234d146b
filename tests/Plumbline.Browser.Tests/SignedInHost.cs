using System.Net.Http.Json;
using Microsoft.Playwright;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A server that knows people, as a process of its own, and Chromium to sign in to it: an administrator, who was the first, an annotator,
/// a reader and a key.
/// </summary>
public sealed class SignedInHost : IAsyncLifetime
{
    public const string Password = "a long enough one";

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-people-{Guid.NewGuid():N}");
    private PlumblineProcess? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private HttpClient? _api;

    /// <summary>Calls the API with an administrator's key.</summary>
    public HttpClient Api => _api!;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is not { } chromium)
            return;
        _server = PlumblineProcess.Serve(_data);
        _api = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await _server.ListensAsync() };
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, chromium);
        Directory.CreateDirectory(BrowserHost.Screenshots);
        await FirstAccountAsync();
        foreach (var (name, role) in new[] { ("ben", "annotate"), ("rita", "read"), ("dora", "annotate"), ("otto", "annotate") })
            await AddAsync(name, role);
    }

    /// <summary>Makes an account.</summary>
    public async Task AddAsync(string name, string role) =>
        (
            await Api.PostAsJsonAsync(
                "/v1/accounts",
                new
                {
                    name,
                    role,
                    password = Password,
                }
            )
        ).EnsureSuccessStatusCode();

    /// <summary>A fresh page that nobody is signed in on.</summary>
    public async Task<WatchedPage> OpenAsync(int width = 1440, string theme = "light")
    {
        Assert.SkipWhen(_browser is null, Chromium.Missing);
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                BaseURL = Api.BaseAddress!.ToString(),
            }
        );
        context.SetDefaultTimeout(60_000);
        return new WatchedPage(context, await context.NewPageAsync());
    }

    /// <summary>Signs in on a page that asks for it.</summary>
    public static async Task SignInAsync(IPage page, string name, string password = Password)
    {
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(name);
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Chooses a role in the form of an account or a key.</summary>
    public static Task ChooseRoleAsync(IPage page, string role) => page.Locator("form select").First.SelectOptionAsync(role);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _api?.Dispose();
        if (_server is not null)
            await _server.StopAsync();
        _server?.Dispose();
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    // On the page of the open server, as somebody does who starts with it; from then on it asks, also on that page.
    private async Task FirstAccountAsync()
    {
        await using var watched = await OpenAsync();
        var page = watched.Page;
        await watched.GoAsync("/settings/people");
        await page.GetByText("This server runs open: whoever reaches it may do everything").WaitForAsync();
        await watched.ShootAsync("people-open");
        await page.GetByText("Make the first one").ClickAsync();
        await watched.ReachAsync("new=account");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("anna");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync("too short");
        await page.GetByText("Make it", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("12..200 characters are needed.").WaitForAsync();
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(Password);
        await page.GetByText("Make it", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await watched.ReachAsync("/sign-in");
        await SignInAsync(page, "anna");
        await watched.ReachAsync("/settings/people");
        await watched.SettleAsync();
        await page.GetByText("Make a key", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await watched.ReachAsync("new=key");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("robot");
        await ChooseRoleAsync(page, "admin");
        await page.GetByText("Make it", new PageGetByTextOptions { Exact = true }).ClickAsync();
        var key = await page.Locator(".code pre").InnerTextAsync();
        await watched.ShootAsync("people-key-made");
        Api.DefaultRequestHeaders.Authorization = new("Bearer", key.Trim());
        Assert.Empty(watched.Complaints);
    }
}
