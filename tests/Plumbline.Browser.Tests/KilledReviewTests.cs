using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Browser.Tests;

/// <summary>
/// Two annotators at once, each in a browser of their own, while the server's process is killed under them and started again on its folder
/// and its port: both pages come back by themselves, no task is shown to both, and every answer is there once.
/// </summary>
public sealed class KilledReviewTests : IAsyncLifetime
{
    private const int Kills = 3;

    /// <summary>How long an answer is waited for before it is pressed again, as somebody does who sees nothing happen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-killed-review-{Guid.NewGuid():N}");
    private readonly HttpClient _api = new(new SocketsHttpHandler());
    private PlumblineProcess? _server;
    private IPlaywright? _playwright;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is null)
            return;
        _server = PlumblineProcess.Serve(_data);
        _api.BaseAddress = await _server.ReadyAsync();
        _playwright = await Playwright.CreateAsync();
        var key = await MadeAsync("/v1/keys", new { name = "owner", role = "admin" });
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.GetProperty("key").GetString());
        foreach (var name in new[] { "ben", "otto" })
        {
            await MadeAsync(
                "/v1/accounts",
                new
                {
                    name,
                    role = "annotate",
                    password = SignedInHost.Password,
                }
            );
        }
    }

    [Fact]
    public async Task Two_browsers_outlive_a_killed_server_and_no_answer_is_lost_or_doubled()
    {
        Assert.SkipWhen(_server is null, Chromium.Missing);
        var model = await ReviewedModel.CreateAsync(_api, "killed");
        var tasks = await model.WithPolicyAsync("all", new { per_day = 24, uniform_share = 1 });
        await using var bens = await Annotator.OpenAsync(_playwright!, _api.BaseAddress!, "ben", "1", "billing");
        await using var ottos = await Annotator.OpenAsync(_playwright!, _api.BaseAddress!, "otto", "2", "technical");
        var said = new ConcurrentDictionary<int, string>();
        await Task.WhenAll(bens.SignInAsync(model.Name), ottos.SignInAsync(model.Name));
        var work = Task.WhenAll(bens.WorkAsync(said), ottos.WorkAsync(said));
        for (var kill = 1; kill <= Kills; kill++)
        {
            while (said.Count < tasks * kill / (Kills + 1) && !work.IsCompleted)
                await Task.Delay(Pause, TimeProvider.System, Ct);
            Assert.False(work.IsCompletedSuccessfully, $"All was answered before kill {kill}.");
            await _server!.KillAsync();
            await StartAgainAsync();
        }

        await work;
        // Nobody touched the pages: they noticed, and loaded again.
        Assert.All(new[] { bens, ottos }, one => Assert.True(one.WasAway && one.Loads > Kills, $"{one.Name}: {one.Loads} loads."));
        Assert.All(new[] { bens, ottos }, one => Assert.DoesNotContain(one.Complaints, text => text.StartsWith("exception", Ordinal)));
        var done = (await model.ListAsync("done")).ToDictionary(LetterOf, task => task.GetProperty("resolved").GetString());
        Assert.Equal(tasks, done.Count);
        Assert.Equal(
            said.Select(pair => (pair.Key, pair.Value)).Order(),
            done.Select(pair => (pair.Key, pair.Value == bens.Class ? bens.Name : ottos.Name)).Order()
        );
        var annotators = (await model.GetAsync("review/annotators")).GetProperty("annotators").EnumerateArray();
        Assert.Equal(
            said.Values.CountBy(name => name).Select(pair => (pair.Key, pair.Value)).Order(),
            annotators.Select(one => (one.GetProperty("annotator").GetString()!, one.GetProperty("answers").GetInt32())).Order()
        );
    }

    public async ValueTask DisposeAsync()
    {
        _playwright?.Dispose();
        _api.Dispose();
        if (_server is not null)
            await _server.StopAsync();
        _server?.Dispose();
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    // On the same folder and the same port, as a service manager does.
    private async Task StartAgainAsync()
    {
        _server!.Dispose();
        _server = PlumblineProcess.Start(["serve", "--data", _data, "--urls", _api.BaseAddress!.ToString().TrimEnd('/')]);
        await _server.ReadyAsync();
    }

    private async Task<JsonElement> MadeAsync(string path, object body)
    {
        using var response = await _api.PostAsJsonAsync(path, body, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static int LetterOf(JsonElement task) =>
        int.Parse(task.GetProperty("prediction_id").GetString()!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    private const StringComparison Ordinal = StringComparison.Ordinal;

    /// <summary>Somebody with a browser of their own who answers whatever is shown, always the same.</summary>
    private sealed class Annotator(IBrowser browser, WatchedPage watched, string name, string key, string answer) : IAsyncDisposable
    {
        /// <summary>What is on the page: the letter that can be answered, that there is none left, or that the server is away.</summary>
        private const string Look = """
            () => {
              const skip = document.querySelector('button[data-press=s]'), text = document.querySelector('.task-input .task-text');
              const heard = document.documentElement.dataset.keys && !document.documentElement.dataset.away;
              return {
                load: String(performance.timeOrigin),
                away: !!document.querySelector('#server-away:not([hidden])'),
                over: !!heard && !document.querySelector('.task-answer, .review-skeleton') && !!document.querySelector('.empty'),
                letter: heard && skip && !skip.disabled && text ? Number(text.innerText.split(' ')[1]) : -1,
              };
            }
            """;

        private readonly HashSet<string> _loads = [];

        public string Name => name;

        public string Class => answer;

        public bool WasAway { get; private set; }

        public int Loads => _loads.Count;

        public List<string> Complaints => watched.Complaints;

        public static async Task<Annotator> OpenAsync(IPlaywright playwright, Uri address, string name, string key, string answer)
        {
            var browser = await Chromium.LaunchAsync(playwright, Chromium.Find()!);
            var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = address.ToString() });
            context.SetDefaultTimeout(60_000);
            return new Annotator(browser, new WatchedPage(context, await context.NewPageAsync()), name, key, answer);
        }

        public async Task SignInAsync(string model)
        {
            await watched.Page.GotoAsync($"/review/{model}");
            await SignedInHost.SignInAsync(watched.Page, name);
            await watched.ReachAsync($"/review/{model}");
            await watched.SettleAsync();
        }

        /// <summary>Answers until there is nothing left, and writes down who was shown which letter.</summary>
        public async Task WorkAsync(ConcurrentDictionary<int, string> said)
        {
            var started = TimeProvider.System.GetTimestamp();
            var (last, at) = (-1, started);
            while (true)
            {
                Assert.True(
                    TimeProvider.System.GetElapsedTime(started) < Longest,
                    $"{name} is not through: {string.Join('\n', Complaints)}"
                );
                if (await SeenAsync() is { } seen)
                {
                    if (seen.GetProperty("over").GetBoolean())
                        return;
                    var letter = seen.GetProperty("letter").GetInt32();
                    if (letter >= 0 && (letter != last || TimeProvider.System.GetElapsedTime(at) > Patience))
                    {
                        Assert.Equal(name, said.GetOrAdd(letter, name));
                        (last, at) = (letter, TimeProvider.System.GetTimestamp());
                        await watched.Page.Keyboard.PressAsync(key);
                    }
                }

                await Task.Delay(Pause, TimeProvider.System, Ct);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await watched.DisposeAsync();
            await browser.DisposeAsync();
        }

        // Null while the page is being loaded again.
        private async Task<JsonElement?> SeenAsync()
        {
            try
            {
                var seen = await watched.Page.EvaluateAsync<JsonElement>(Look);
                _loads.Add(seen.GetProperty("load").GetString()!);
                WasAway |= seen.GetProperty("away").GetBoolean();
                return seen;
            }
            catch (PlaywrightException error) when (error.Message.Contains("context", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }
    }
}
