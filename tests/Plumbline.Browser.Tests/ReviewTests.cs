using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>People review predictions: from the policy's form to ground truth, by keys, two at once, each only what they may.</summary>
public sealed class ReviewTests(SignedInHost host) : IClassFixture<SignedInHost>
{
    [Fact]
    public async Task A_policy_is_made_by_the_form_and_its_tasks_are_answered_by_keys()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "by-keys");
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync($"/models/{model.Name}/review");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        await MakePolicyAsync(watched);
        var tasks = await model.TasksAsync();

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Start reviewing" }).ClickAsync();
        await watched.ReachAsync("/review/by-keys");
        await watched.SettleAsync();
        // A digit answers.
        var first = await LetterAsync(page);
        await page.GetByText("Look twice.").WaitForAsync();
        await PressAsync(page, "2");
        await ProgressAsync(page, 1, tasks - 1);
        // s skips: nothing is answered, and the task is somebody else's.
        var skipped = await LetterAsync(page);
        await PressAsync(page, "s");
        // f marks it, and u brings the one before back, unmarked.
        var third = await LetterAsync(page);
        await page.Keyboard.PressAsync("f");
        await page.Locator("button[data-press=f][aria-pressed=true]").WaitForAsync();
        await PressAsync(page, "1");
        await ProgressAsync(page, 2, tasks - 2);
        Assert.NotEqual(third, await LetterAsync(page));
        await PressAsync(page, "u");
        Assert.Equal(third, await LetterAsync(page));
        await page.Locator("button[data-press=f][aria-pressed=false]").WaitForAsync();
        await ProgressAsync(page, 1, tasks - 1);
        // Who writes a note answers nothing with it.
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.TypeAsync("12 subs, b or e");
        Assert.Equal("12 subs, b or e", await page.GetByLabel("Note").InputValueAsync());
        Assert.Equal(third, await LetterAsync(page));
        await page.Keyboard.PressAsync("Escape");
        await PressAsync(page, "3");
        await ProgressAsync(page, 2, tasks - 2);
        await PressAsync(page, "b");
        await WaitAsync(async () => await model.CountAsync("broken") == 1);

        await FillsInAsync(watched, model.Name);

        var done = (await model.ListAsync("done")).ToDictionary(LetterOf, task => task.GetProperty("resolved").GetString());
        Assert.Equal(2, done.Count);
        Assert.Equal(("technical", "<b>sales</b>"), (done[first], done[third]));
        foreach (var (letter, value) in done)
        {
            var truth = await model.TruthAsync($"letter-{letter}");
            Assert.Equal((value, "review"), (truth.GetProperty("value").GetString(), truth.GetProperty("source").GetString()));
        }

        // The one that was skipped is for others still.
        Assert.Contains(skipped, (await model.ListAsync("open")).Select(LetterOf));
        Assert.Empty(watched.Complaints);
    }

    // An incident's link fills the form of another policy in.
    private static async Task FillsInAsync(WatchedPage watched, string model)
    {
        var page = watched.Page;
        await watched.GoAsync($"/models/{model}/review?new=1&name=incident-12&filter=features.letter%3Aeq%3Aa");
        Assert.Equal("incident-12", await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).InputValueAsync());
        Assert.Equal("features.letter:eq:a", await page.Locator("textarea.field").First.InputValueAsync());
    }

    [Fact]
    public async Task Two_at_once_are_shown_different_tasks_and_every_answer_is_kept()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "two-at-once");
        var tasks = await model.WithPolicyAsync("all", new { per_day = 24, uniform_share = 1 });
        await using var bens = await host.OpenAsync();
        await using var ottos = await host.OpenAsync();
        var shown = await Task.WhenAll(WorkAsync(bens, "ben", "1"), WorkAsync(ottos, "otto", "2"));
        Assert.Empty(shown[0].Intersect(shown[1]));
        Assert.All(shown, letters => Assert.NotEmpty(letters));
        Assert.Equal(tasks, shown.Sum(letters => letters.Count));
        var done = (await model.ListAsync("done")).ToDictionary(LetterOf, task => task.GetProperty("resolved").GetString());
        Assert.Equal(shown[0].Select(letter => (letter, "billing")).Order(), Of("billing"));
        Assert.Equal(shown[1].Select(letter => (letter, "technical")).Order(), Of("technical"));
        var annotators = (await model.GetAsync("review/annotators")).GetProperty("annotators").EnumerateArray();
        Assert.Equal(
            [("ben", shown[0].Count), ("otto", shown[1].Count)],
            annotators.Select(one => (one.GetProperty("annotator").GetString()!, one.GetProperty("answers").GetInt32())).Order()
        );
        Assert.Empty(bens.Complaints.Concat(ottos.Complaints));

        IEnumerable<(int, string)> Of(string value) => done.Where(pair => pair.Value == value).Select(pair => (pair.Key, value)).Order();

        async Task<List<int>> WorkAsync(WatchedPage watched, string who, string key)
        {
            await watched.Page.GotoAsync($"/review/{model.Name}");
            await SignedInHost.SignInAsync(watched.Page, who);
            await watched.ReachAsync($"/review/{model.Name}");
            await watched.SettleAsync();
            var letters = new List<int>();
            while (await watched.Page.Locator(".task-answer").CountAsync() > 0)
            {
                letters.Add(await LetterAsync(watched.Page));
                await PressAsync(watched.Page, key);
            }

            return letters;
        }
    }

    [Fact]
    public async Task Predictions_chosen_in_explore_become_tasks()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "by-hand");
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync($"/explore/{model.Name}?range=24h");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        Assert.True(await page.GetByText("Have predictions reviewed: choose some").IsDisabledAsync());
        var picks = page.Locator("td.pick input");
        await picks.Nth(0).CheckAsync();
        await picks.Nth(2).CheckAsync();
        await page.GetByText("Have 2 reviewed").ClickAsync();
        await page.GetByText("2 in the queue now.").WaitForAsync();
        Assert.Equal(2, (await model.ListAsync("open")).Count);
        Assert.Empty(watched.Complaints);
        await PeopleTests.CheckAsync(watched, "explore-to-review");
    }

    [Fact]
    public async Task Who_decides_sees_what_was_said_and_their_answer_counts()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "disputed");
        await model.WithPolicyAsync(
            "two",
            new
            {
                per_day = 24,
                uniform_share = 1,
                annotators = 2,
            }
        );
        await using (var bens = await host.OpenAsync())
        {
            await SayFirstAsync(bens, model.Name, "ben", "1");
        }

        await using (var ottos = await host.OpenAsync())
        {
            await SayFirstAsync(ottos, model.Name, "otto", "2");
        }

        var task = Assert.Single(await model.ListAsync("disputed"));
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync("/review");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        await page.Locator($"a[href='/review/{model.Name}/disputed']").ClickAsync();
        await watched.ReachAsync("/disputed");
        await page.GetByText("1 open to decide").WaitForAsync();
        await watched.SettleAsync();
        Assert.Equal(LetterOf(task), await LetterAsync(page));
        Assert.Equal(["ben", "otto"], await page.Locator("section[aria-labelledby=said] td.lead").AllInnerTextsAsync());
        Assert.Equal(
            ["billing", "technical"],
            await page.Locator("section[aria-labelledby=said] td[data-label=Answer]").AllInnerTextsAsync()
        );
        Assert.Equal(0, await page.Locator("button[data-press=s]").CountAsync());
        foreach (var (width, theme) in new[] { (1440, "light"), (390, "dark") })
        {
            await using var looked = await host.OpenAsync(width, theme);
            await looked.Page.GotoAsync($"/review/{model.Name}/disputed");
            await SignedInHost.SignInAsync(looked.Page, "anna");
            await looked.ReachAsync("/disputed");
            await looked.SettleAsync();
            await PeopleTests.CheckAsync(looked, $"review-disputed-{width}-{theme}");
        }

        await page.Keyboard.PressAsync("2");
        await page.GetByText("Nothing is disputed.").WaitForAsync();
        var done = Assert.Single(await model.ListAsync("done"));
        Assert.Equal("technical", done.GetProperty("resolved").GetString());
        await IsToldOnTheTabAsync(watched, model.Name);
        Assert.Empty(watched.Complaints);
    }

    private static async Task SayFirstAsync(WatchedPage annotator, string model, string who, string key)
    {
        await annotator.Page.GotoAsync($"/review/{model}");
        await SignedInHost.SignInAsync(annotator.Page, who);
        await annotator.ReachAsync($"/review/{model}");
        await annotator.SettleAsync();
        await annotator.Page.Locator(".task-answer").WaitForAsync();
        await PressAsync(annotator.Page, key);
    }

    private static async Task IsToldOnTheTabAsync(WatchedPage watched, string model)
    {
        var page = watched.Page;
        await watched.GoAsync($"/models/{model}/review");
        await page.GetByText("Krippendorff's alpha").WaitForAsync();
        await page.GetByText("ben, otto").WaitForAsync();
        await watched.GoAsync($"/models/{model}/review?yaml=two");
        Assert.Contains("annotators: 2", await page.Locator(".code pre").InnerTextAsync(), StringComparison.Ordinal);
        await PeopleTests.CheckAsync(watched, "review-tab-yaml");
        var delete = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Delete" });
        await delete.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Really delete it" }).ClickAsync();
        await page.GetByText("two is deleted; its tasks stay.").WaitForAsync();
    }

    [Fact]
    public async Task Who_is_bound_to_a_model_sees_its_queue_only()
    {
        var mine = await ReviewedModel.CreateAsync(host.Api, "mine");
        var other = await ReviewedModel.CreateAsync(host.Api, "not-mine");
        await mine.WithPolicyAsync("p", new { per_day = 20, uniform_share = 1 });
        await other.WithPolicyAsync("p", new { per_day = 20, uniform_share = 1 });
        using var made = await host.Api.PostAsJsonAsync(
            "/v1/accounts",
            new
            {
                name = "bea",
                role = "annotate",
                models = new[] { "mine" },
                password = SignedInHost.Password,
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(made.IsSuccessStatusCode);
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync("/review");
        await SignedInHost.SignInAsync(page, "bea");
        await watched.SettleAsync();
        Assert.Equal(["mine"], await page.Locator("table td.lead").AllInnerTextsAsync());
        await page.EvaluateAsync("() => Blazor.navigateTo('/review/not-mine')");
        await page.GetByText("There is no model 'not-mine' that you may review.").WaitForAsync();
        Assert.Equal(0, await page.Locator(".task-answer").CountAsync());
        await page.EvaluateAsync("() => Blazor.navigateTo('/review/mine')");
        await page.Locator(".task-answer").WaitForAsync();
        Assert.DoesNotContain((await other.ListAsync("open")), task => task.GetProperty("on_screen_of").GetString() == "bea");
    }

    [Fact]
    public async Task The_pages_show_without_complaint_and_answers_are_in_reach_on_a_phone()
    {
        var model = await ReviewedModel.CreateAsync(host.Api, "to-look-at");
        await model.WithPolicyAsync(
            "daily",
            new
            {
                per_day = 40,
                annotators = 2,
                gold_share = 0.1,
                show_answer = true,
                guidelines = "Billing is whatever is about money.\nA letter about two things belongs to the first of them.",
            }
        );
        foreach (var (width, theme) in new[] { (1440, "light"), (390, "dark"), (1440, "dark"), (390, "light") })
        {
            await using var watched = await host.OpenAsync(width, theme);
            await watched.Page.GotoAsync("/review");
            await SignedInHost.SignInAsync(watched.Page, "anna");
            await watched.ReachAsync("/review");
            foreach (
                var (name, address) in new[]
                {
                    ("review-queues", "/review"),
                    ("review-tab", $"/models/{model.Name}/review"),
                    ("review-tab-new", $"/models/{model.Name}/review?new=1"),
                    ("review-tab-edit", $"/models/{model.Name}/review?edit=daily"),
                    ("review-tab-preview", $"/models/{model.Name}/review?preview=daily&range=24h"),
                    ("review-task", $"/review/{model.Name}"),
                }
            )
            {
                await watched.GoAsync(address);
                if (name == "review-task")
                    await AnswersAreInReachAsync(watched, $"review-task-first-{width}-{theme}");
                await PeopleTests.CheckAsync(watched, $"{name}-{width}-{theme}", (width, theme) is (1440, "light") or (390, "dark"));
            }
        }
    }

    // Whatever is asked about, and however long it is: all answers are in the first screen.
    private static async Task AnswersAreInReachAsync(WatchedPage watched, string name)
    {
        await watched.Page.Locator(".task-answer").WaitForAsync();
        await watched.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserHost.Screenshots, name + ".png") });
        var outside = await watched.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.task-classes button, .task-other button')]
              .filter(button => {
                const at = button.getBoundingClientRect(), top = document.elementFromPoint(at.x + at.width / 2, at.bottom - 2);
                return at.top < 0 || at.bottom > innerHeight || top?.closest('button') !== button;
              })
              .map(button => button.textContent.trim())
            """
        );
        Assert.Empty(outside);
        // And something of the letter is above them.
        Assert.True(await watched.Page.Locator(".task-text").First.IsVisibleAsync());
    }

    private static async Task MakePolicyAsync(WatchedPage watched)
    {
        var page = watched.Page;
        await page.GetByText("No policy yet.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "New policy" }).ClickAsync();
        await watched.ReachAsync("new=1");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("daily");
        await page.GetByLabel("Tasks a day").FillAsync("none");
        await page.GetByLabel("Guidelines").FillAsync("Look twice.");
        await page.GetByText("Save", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("'none' is not a whole number.").WaitForAsync();
        await page.GetByLabel("Tasks a day").FillAsync("40");
        await page.GetByText("Save", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("daily is saved").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Preview" }).ClickAsync();
        await watched.ReachAsync("preview=daily");
        await page.GetByText($" of {ReviewedModel.Letters} predictions").WaitForAsync();
    }

    /// <summary>The number of the letter that is on the screen.</summary>
    private static async Task<int> LetterAsync(IPage page)
    {
        var text = await page.Locator(".task-input .task-text").First.InnerTextAsync();
        return int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static int LetterOf(JsonElement task) =>
        int.Parse(task.GetProperty("prediction_id").GetString()!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Presses a key that answers or takes back; waits until another task, or none, is there and can be answered.</summary>
    private static async Task PressAsync(IPage page, string key)
    {
        var before = await LetterAsync(page);
        await page.Keyboard.PressAsync(key);
        await page.WaitForFunctionAsync(
            """
            before => {
              const skip = document.querySelector('button[data-press=s]'), text = document.querySelector('.task-input .task-text');
              if (!skip) return !!document.querySelector('.empty');
              return !skip.disabled && !!text && !text.innerText.startsWith(`Letter ${before} `);
            }
            """,
            before
        );
    }

    private static Task ProgressAsync(IPage page, int answered, int open) =>
        page.GetByText($"{answered} answered today · {open} open").WaitForAsync();

    private static async Task WaitAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 300, "It is not so after 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
