using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>Who signs in sees what their role may, and no longer than it may.</summary>
public sealed class PeopleTests(SignedInHost host) : IClassFixture<SignedInHost>
{
    [Fact]
    public async Task An_annotator_sees_the_review_page_and_is_led_there_from_every_other_one()
    {
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.AddInitScriptAsync(WritesDownWhereItGoes);
        await page.GotoAsync("/models/churn?range=7d");
        await SignedInHost.SignInAsync(page, "ben");
        await watched.ReachAsync("/review");
        await watched.SettleAsync();
        Assert.Equal("Review", await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }).InnerTextAsync());
        await page.GetByText("No tasks yet").WaitForAsync();
        Assert.Equal(["Review"], await page.Locator(".rail a.place").AllInnerTextsAsync());
        foreach (var address in new[] { "/", "/incidents", "/settings/people", "/no/such/page" })
        {
            await watched.GoAsync(address);
            Assert.Equal("/review", new Uri(page.Url).AbsolutePath);
        }

        // Within the connection, where no endpoint is asked.
        foreach (var address in new[] { "/", "/incidents", "/start", "/no/such/page" })
        {
            await LedBackAsync(page, () => page.EvaluateAsync("address => Blazor.navigateTo(address)", address));
        }

        await watched.SettleAsync();
        await LedBackAsync(
            page,
            async () =>
            {
                await page.Keyboard.PressAsync("g");
                await page.Keyboard.PressAsync("i");
            }
        );
        await watched.SettleAsync();
        await OpenPaletteAsync(page);
        Assert.Equal(["Review"], await page.Locator("#palette-list .name").AllInnerTextsAsync());
        await page.Keyboard.TypeAsync("in");
        await page.GetByText("Nothing by that name.").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal("/review", new Uri(page.Url).AbsolutePath);
        Assert.Equal(401, await page.EvaluateAsync<int>("async () => (await fetch('/v1/models')).status"));
        Assert.Equal(["401"], watched.Complaints.Where(said => char.IsAsciiDigit(said[0])).Select(said => said[..3]).Distinct());
    }

    [Fact]
    public async Task An_account_that_is_disabled_is_signed_out_on_the_open_page()
    {
        await using var watched = await host.OpenAsync();
        await watched.Page.GotoAsync("/review");
        await SignedInHost.SignInAsync(watched.Page, "dora");
        await watched.SettleAsync();
        using var disabled = await host.Api.PatchAsJsonAsync("/v1/accounts/dora", new { enabled = false });
        Assert.True(disabled.IsSuccessStatusCode);
        // Nothing was clicked.
        await watched.ReachAsync("/sign-in?returnUrl=%2Freview");
        await SignedInHost.SignInAsync(watched.Page, "dora");
        await watched.Page.GetByText("The name or the password is wrong, or the account is switched off.").WaitForAsync();
    }

    [Fact]
    public async Task One_changes_ones_own_password_and_signs_out_on_a_phone()
    {
        await using var watched = await host.OpenAsync(390);
        var page = watched.Page;
        await page.GotoAsync("/");
        await SignedInHost.SignInAsync(page, "otto");
        await watched.ReachAsync("/review");
        await watched.SettleAsync();
        await page.GetByLabel("Signed in as otto").ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Account", Exact = true }).ClickAsync();
        await watched.ReachAsync("/account");
        await watched.SettleAsync();
        await page.GetByText("You are signed in as otto").WaitForAsync();
        await ChangeAsync(page, "not the password", "another long one");
        await page.GetByText("it is not the password of this account.").WaitForAsync();
        await watched.ShootAsync("account-390-light");
        await ChangeAsync(page, SignedInHost.Password, "another long one");
        await watched.ReachAsync("/sign-in?changed=password");
        await page.GetByText("The password was changed. Sign in with the new one.").WaitForAsync();
        await SignedInHost.SignInAsync(page, "otto", "another long one");
        await watched.ReachAsync("/review");
        await watched.SettleAsync();
        await page.GetByLabel("Signed in as otto").ClickAsync();
        await watched.ShootAsync("signed-in-menu-390-light");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await watched.ReachAsync("/sign-in");
        await page.GotoAsync("/review");
        await watched.ReachAsync("/sign-in");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_reader_sees_no_people_and_an_administrator_makes_disables_and_removes_them()
    {
        await using (var reader = await host.OpenAsync())
        {
            await reader.Page.GotoAsync("/settings");
            await SignedInHost.SignInAsync(reader.Page, "rita");
            await reader.SettleAsync();
            Assert.Equal(
                ["Receivers", "Silences", "Deliveries", "Retraining targets"],
                await reader.Page.Locator("nav.tabs a").AllInnerTextsAsync()
            );
            Assert.Equal(0, await reader.Page.Locator(".rail a.place", new PageLocatorOptions { HasText = "Review" }).CountAsync());
            await reader.Page.EvaluateAsync("() => Blazor.navigateTo('/settings/people')");
            await reader.Page.GetByText("The settings have no part people").WaitForAsync();
            await reader.Page.EvaluateAsync("() => Blazor.navigateTo('/review')");
            await reader.Page.GetByText("This page is not for your role").WaitForAsync();
            Assert.Empty(reader.Complaints);
        }

        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync("/settings/people");
        await SignedInHost.SignInAsync(page, "anna");
        await watched.SettleAsync();
        await page.GetByLabel("Disable anna").ClickAsync();
        await page.GetByText("'anna' is the last administrator who can sign in").WaitForAsync();
        await page.GetByText("Add an account").ClickAsync();
        await watched.ReachAsync("new=account");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("from-the-page");
        await SignedInHost.ChooseRoleAsync(page, "annotate");
        await page.GetByLabel("Models", new PageGetByLabelOptions { Exact = true }).FillAsync("churn, fraud");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(SignedInHost.Password);
        await page.GetByText("Make it", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("from-the-page can sign in now.").WaitForAsync();
        await page.GetByText("churn, fraud").WaitForAsync();
        await page.GetByLabel("Disable from-the-page").ClickAsync();
        await page.GetByText("from-the-page was disabled and is signed out.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "from-the-page", Exact = true }).ClickAsync();
        await watched.ReachAsync("account=from-the-page");
        await page.GetByText("Remove", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.GetByText("Really remove it").ClickAsync();
        await page.GetByText("from-the-page was removed.").WaitForAsync();
        Assert.Empty(watched.Complaints);
    }

    public static TheoryData<string, string> Pages =>
        new()
        {
            { "people", "/settings/people" },
            { "people-new-account", "/settings/people?new=account" },
            { "people-change-account", "/settings/people?account=ben" },
            { "people-new-key", "/settings/people?new=key" },
            { "review", "/review" },
            { "account", "/account" },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Shows_without_complaint(string name, string address)
    {
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var theme in new[] { "light", "dark" })
            {
                await using var watched = await host.OpenAsync(width, theme);
                await watched.Page.GotoAsync(address);
                await SignedInHost.SignInAsync(watched.Page, "anna");
                await watched.SettleAsync();
                await CheckAsync(watched, $"{name}-{width}-{theme}");
            }
        }
    }

    [Fact]
    public async Task The_sign_in_page_shows_without_complaint()
    {
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var theme in new[] { "light", "dark" })
            {
                await using var watched = await host.OpenAsync(width, theme);
                await watched.Page.GotoAsync("/");
                await watched.Page.GetByText("or with an API key").ClickAsync();
                await CheckAsync(watched, $"sign-in-{width}-{theme}");
            }
        }
    }

    /// <summary>
    /// Writes down where the page goes, over documents too: the review page itself may stay what it was, when it is left and reached in one
    /// rendering, and a page that is asked for anew forgets what its scripts knew.
    /// </summary>
    private const string WritesDownWhereItGoes = """
        {
          const write = address => {
            const went = JSON.parse(sessionStorage.getItem('went') ?? '[]');
            sessionStorage.setItem('went', JSON.stringify([...went, new URL(address, location.href).pathname]));
          };
          write(location.href);
          for (const name of ['pushState', 'replaceState']) {
            const go = history[name];
            history[name] = function (state, title, address) {
              write(address ?? location.href);
              return go.call(history, state, title, address);
            };
          }
        }
        """;

    // A key that is pressed in the very moment in which one page takes another's place is not heard: like a person, it is pressed again.
    private static async Task OpenPaletteAsync(IPage page)
    {
        var palette = page.Locator("dialog.palette[open]");
        for (var attempt = 0; !await palette.IsVisibleAsync(); attempt++)
        {
            Assert.True(attempt < 20, "The palette does not open.");
            await page.Keyboard.PressAsync("Control+k");
            await page.WaitForTimeoutAsync(500);
        }
    }

    private static async Task LedBackAsync(IPage page, Func<Task> leave)
    {
        await page.EvaluateAsync("() => sessionStorage.setItem('went', '[]')");
        await leave();
        try
        {
            await page.WaitForFunctionAsync(
                "() => JSON.parse(sessionStorage.getItem('went')).at(-1) === '/review' && location.pathname === '/review' "
                    + "&& document.querySelector('h1')?.innerText === 'Review'"
            );
        }
        catch (TimeoutException)
        {
            var state =
                "() => `at ${location.href}, '${document.querySelector('h1')?.innerText}', after ${sessionStorage.getItem('went')}`";
            Assert.Fail($"The page is {await page.EvaluateAsync<string>(state)}.");
        }
    }

    internal static async Task CheckAsync(WatchedPage watched, string name, bool withAxe = true)
    {
        var findings = await FindAsync(watched, name, withAxe);
        Assert.True(findings.Count == 0, $"{name}:{Environment.NewLine}{string.Join(Environment.NewLine, findings)}");
    }

    /// <summary>Takes a picture, and gives all that is wrong with the page.</summary>
    internal static async Task<IReadOnlyList<string>> FindAsync(WatchedPage watched, string name, bool withAxe = true)
    {
        await watched.ShootAsync(name);
        var findings = new List<string>(watched.Complaints);
        foreach (var check in PageWalk.Checks)
            findings.AddRange((await watched.CheckAsync(check)).Select(finding => $"{check}: {finding}"));
        if (withAxe)
            findings.AddRange((await watched.AxeAsync()).Select(finding => $"axe: {finding}"));
        return findings;
    }

    private static async Task ChangeAsync(IPage page, string present, string next)
    {
        await page.GetByLabel("Present password").FillAsync(present);
        await page.GetByLabel("New password").FillAsync(next);
        await page.GetByLabel("The same again").FillAsync(next);
        await page.GetByText("Change it", new PageGetByTextOptions { Exact = true }).ClickAsync();
    }
}
