using Microsoft.Playwright;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.FirstLines;

namespace Plumbline.Browser.Tests;

/// <summary>The lines of the Start page as they are printed, and what the pages say after them.</summary>
public sealed class FirstLinesTests(BrowserHost host)
{
    private const string Model = "churn";

    [Fact]
    public async Task The_printed_lines_work_and_the_model_s_page_says_what_is_missing_next()
    {
        await using var watched = await host.OpenAsync();
        var page = watched.Page;
        await watched.GoAsync("/start");
        var posts = await page.Locator(".code pre", new PageLocatorOptions { HasText = "curl " }).AllInnerTextsAsync();
        Assert.Equal(2, posts.Count);
        try
        {
            Assert.Contains(
                "\"created\":{\"model\":\"churn\",\"task\":\"binary\"",
                await ShellLine.RunAsync(posts[0], "-sS --fail-with-body"),
                StringComparison.Ordinal
            );
            await watched.GoAsync($"/models/{Model}");
            await page.GetByText("1 prediction has come").WaitForAsync();
            await page.GetByText("The first numbers come at").WaitForAsync();
            await page.GetByText("Ground truth, so that answers can be checked").WaitForAsync();
            await page.GetByText("A reference, so that drift can be measured").WaitForAsync();
            Assert.Equal(1, await page.GetByText("✓ done").CountAsync());
            Assert.Contains("\"accepted\":1", await ShellLine.RunAsync(posts[1], "-sS --fail-with-body"), StringComparison.Ordinal);
            // By itself, with the next beat of the page.
            await page.GetByText("1 ground truth has come").WaitForAsync();
            Assert.Empty(await watched.CheckAsync("labels"));
            await watched.ShootAsync("first-lines");
            Assert.Empty(watched.Complaints);
        }
        finally
        {
            await DeleteAsync(Model);
        }
    }

    [Fact]
    public async Task The_printed_import_works()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/start");
        var printed = await watched.Page.Locator(".code pre", new PageLocatorOptions { HasText = "plumbline import" }).InnerTextAsync();
        var folder = Directory.CreateTempSubdirectory("plumbline-first-lines-").FullName;
        try
        {
            var file = Path.Combine(folder, "scored.csv");
            await File.WriteAllTextAsync(
                file,
                "timestamp,prediction,score,age\n2026-02-01T10:00:00Z,1,0.9,41\n2026-02-01T10:01:00Z,0,0.1,30\n"
            );
            // Another model than that of the lines, which are tested beside this.
            var arguments = printed
                .Split(' ')
                .Skip(1)
                .Select(word =>
                    word == "scored.csv" ? file
                    : word == Model ? "churn-imported"
                    : word
                );
            var (output, error) = (new StringWriter(), new StringWriter());
            var code = await CommandLine.RunAsync(
                [.. arguments],
                new VerbActions
                {
                    Import = ImportRun.RunAsync,
                    Serve = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Demo = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    CheckConfig = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Check = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Account = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Wait = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Gate = (_, _, _) => Task.FromResult(ExitCode.Failure),
                    Report = (_, _, _) => Task.FromResult(ExitCode.Failure),
                },
                new Terminal(output, error, false)
            );
            Assert.True(code == 0, output.ToString() + error);
            Assert.Contains("predictions: 2 rows read, 2 accepted", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await DeleteAsync("churn-imported");
        }
    }

    private async Task DeleteAsync(string model)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = host.Address };
        using var gone = await client.DeleteAsync($"/v1/models/{model}");
    }
}
