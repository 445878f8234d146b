using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>A page whose console and network are watched.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public WatchedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Complaints.Add($"exception: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                Complaints.Add($"{response.Status} {response.Url}");
        };
        // Nothing may be fetched from anywhere but this server.
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { IsLoopback: false, Scheme: "http" or "https" })
                Complaints.Add($"foreign request: {request.Url}");
        };
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    /// <summary>Goes to an address and waits until no panel is loading and every chart is drawn.</summary>
    public async Task GoAsync(string address)
    {
        await Page.GotoAsync(address);
        await SettleAsync();
    }

    /// <summary>Waits until the page is that of the address, keys are heard, no panel is loading and every chart is drawn.</summary>
    public Task SettleAsync() => Page.WaitForFunctionAsync(Chromium.IsSettled, null, new PageWaitForFunctionOptions { Timeout = 60_000 });

    /// <summary>
    /// Waits until the address contains a text. Asked of the page itself, again and again: Playwright's own wait for an address looks once
    /// and then listens, and a change of address within the document that comes between the two is never heard.
    /// </summary>
    public Task ReachAsync(string part) => Page.WaitForFunctionAsync("part => location.href.includes(part)", part);

    /// <summary>Runs one of the checks of <c>checks.js</c>; each gives a list of findings, empty when all is well.</summary>
    public async Task<string[]> CheckAsync(string name)
    {
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "checks.js"));
        return await Page.EvaluateAsync<string[]>($"{script}; checks.{name}()");
    }

    /// <summary>
    /// What axe-core finds wrong for people who use a keyboard, a screen reader or little contrast, minor findings left out.
    /// </summary>
    public async Task<IReadOnlyList<string>> AxeAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        return
        [
            .. result
                .Violations.Where(rule => rule.Impact is not "minor")
                .SelectMany(rule => rule.Nodes.Select(node => $"{rule.Impact} {rule.Id}: {rule.Help}: {node.Html}")),
        ];
    }

    public Task ShootAsync(string name) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserHost.Screenshots, name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
