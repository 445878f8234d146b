using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;

namespace Plumbline.Server.Tests.Access;

/// <summary>The curl lines of docs/access.md as they are printed, by curl itself, on a server that runs open at first.</summary>
public sealed partial class AccessDocumentTests(FreshServer server) : IClassFixture<FreshServer>
{
    private const string Printed = "localhost:5070";
    private const string Status = "-sS -o /dev/null -w '%{http_code}'";

    [Fact]
    public async Task The_lines_work_in_their_order()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "access.md"));
        var lines = CurlLine().Matches(document).Select(match => match.Value).ToList();
        Assert.Equal(9, lines.Count);
        using var early = await server.Client.PostAsJsonAsync("/v1/keys", new { name = "early", role = "ingest" });
        Assert.Equal("key_invalid", (await early.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        var made = JsonDocument.Parse(await SayAsync(lines[0], "", "-sS --fail-with-body")).RootElement;
        var key = made.GetProperty("key").GetString()!;
        // It asks from now on.
        Assert.Equal("401", await SayAsync(lines[4], "nonsense", Status));
        string[] expected = ["201", "201", "200", "200", "204", "201", "200", "204"];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal((lines[i + 1], expected[i]), (lines[i + 1], await SayAsync(lines[i + 1], key, Status)));
    }

    private Task<string> SayAsync(string line, string key, string options)
    {
        var asked = line.Replace(Printed, server.Client.BaseAddress!.Authority, StringComparison.Ordinal);
        return ShellLine.RunAsync($"PLUMBLINE_API_KEY='{key}'; {asked}", options);
    }

    [GeneratedRegex(@"^curl .+$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
