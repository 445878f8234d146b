using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.FirstLines;

/// <summary>The curl lines of README.md as they are printed, by curl itself, against a server that knows no model.</summary>
public sealed partial class ReadmeTests(FreshServer server) : IClassFixture<FreshServer>
{
    private const string Printed = "localhost:5070";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static string[] Lines =>
        [.. CurlLine().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "README.md"))).Select(match => match.Value)];

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        Assert.Equal(3, Lines.Length);
        foreach (var line in Lines)
            Assert.InRange(await RunAsync(line), 200, 299);
        await ShowsAsync("churn", "p-1");
    }

    [Fact]
    public async Task The_declaration_may_be_left_out()
    {
        foreach (var line in Lines.Where(line => !line.Contains("-X PUT", StringComparison.Ordinal)))
            Assert.InRange(await RunAsync(line.Replace("/churn/", "/undeclared/", StringComparison.Ordinal)), 200, 299);
        await ShowsAsync("undeclared", "p-1");
        var model = await server.Client.GetFromJsonAsync<JsonElement>("/v1/models/undeclared");
        Assert.Equal(("binary", "1"), (model.GetProperty("task").GetString(), model.GetProperty("positive_class").GetString()));
    }

    // The prediction and its ground truth are there soon after they were sent.
    private async Task ShowsAsync(string model, string id)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var response = await server.Client.GetAsync($"/v1/models/{model}/predictions/{id}");
            if (response.IsSuccessStatusCode)
            {
                var row = await response.Content.ReadFromJsonAsync<JsonElement>();
                if (row.GetProperty("ground_truth").ValueKind != JsonValueKind.Null)
                    return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, $"{id} of {model} is not shown: {response.StatusCode}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Runs a line in a shell, told only where the server is, and gives the status of the answer.</summary>
    private async Task<int> RunAsync(string line)
    {
        var asked = line.Replace(Printed, server.Client.BaseAddress!.Authority, StringComparison.Ordinal);
        var output = await ShellLine.RunAsync(asked, "-sS -o /dev/null -w '%{http_code}'");
        return int.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^curl .+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
