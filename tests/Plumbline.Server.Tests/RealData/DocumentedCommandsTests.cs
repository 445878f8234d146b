using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.RealData;

/// <summary>docs/try-real-data.md, executed: its import commands, its curl commands, and every number in its tables.</summary>
public sealed partial class DocumentedCommandsTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "try-real-data.md"));

    [Fact]
    public async Task The_documented_commands_show_the_documented_numbers()
    {
        RealSets.File("car_loan", "current.csv.gz");
        var commands = Commands().ToArray();
        Assert.Equal(3, commands.Count(command => command.StartsWith("plumbline import", StringComparison.Ordinal)));
        var metrics = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var command in commands)
        {
            if (command.StartsWith("plumbline import", StringComparison.Ordinal))
            {
                var (code, output, error) = await RealSets.RunAsync(host, command);
                Assert.True(code == 0, $"{command}\n{output}{error}");
                Assert.Contains("computed: every window", output, StringComparison.Ordinal);
            }
            else if (Curl().Match(command) is { Success: true } curl)
            {
                metrics[curl.Groups[2].Value] = await host.Client.GetFromJsonAsync<JsonElement>(curl.Groups[1].Value);
            }
        }

        Assert.Equal(2, metrics.Count);
        var compared = Tables().Sum(table => CompareTable(metrics[table.Model], table.Columns, table.Rows));
        Assert.Equal((6 * 4) + (6 * 5), compared);
    }

    [Fact]
    public async Task The_negative_control_shows_no_drift()
    {
        RealSets.File("sms_spam", "current.csv.gz");
        var model = host.NewModelName("sms");
        // All rows within one day, so that the whole set is one window of enough rows.
        var (code, output, error) = await RealSets.RunAsync(
            host,
            $"plumbline import {model} --reference data/sms_spam/reference.csv.gz --predictions data/sms_spam/current.csv.gz --id "
                + "id --prediction y_pred --score proba_spam --positive-class spam --ground-truth-column label --start 2026-01-01 "
                + "--interval 1s --window 1d --wait"
        );
        Assert.True(code == 0, output + error);
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}"
                + "/metrics?metric=drift.psi,drift.js&feature=@score,@prediction&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
        );
        var points = answer.GetProperty("points").EnumerateArray().ToArray();
        Assert.Equal(4, points.Length);
        Assert.All(points, point => Assert.InRange(point.GetProperty("value").GetDouble(), 0, 0.05));
    }

    private static int CompareTable(JsonElement answer, string[] columns, IEnumerable<string[]> rows)
    {
        var points = answer
            .GetProperty("points")
            .EnumerateArray()
            .ToLookup(point =>
                (
                    $"{point.GetProperty("window_start").GetDateTimeOffset():yyyy-MM-dd} {point.GetProperty("metric").GetString()} "
                    + $"{point.GetProperty("feature").GetString()}"
                ).Trim()
            );
        var compared = 0;
        foreach (var row in rows)
        {
            for (var column = 1; column < columns.Length; column++)
            {
                var point = Assert.Single(points[$"{row[0]} {columns[column]}"]);
                Assert.Equal(row[column], point.GetProperty("value").GetDouble().ToString("F3", CultureInfo.InvariantCulture));
                compared++;
            }
        }

        return compared;
    }

    // Lines of the shell blocks, with continued lines joined; starting the server is the host's part.
    private static IEnumerable<string> Commands() =>
        Shell()
            .Matches(Document)
            .SelectMany(block =>
                Regex
                    .Replace(block.Groups[1].Value, @"\\\n\s*", "", RegexOptions.None, TimeSpan.FromSeconds(1))
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            )
            .Where(line => !line.StartsWith("dotnet run", StringComparison.Ordinal));

    private static IEnumerable<(string Model, string[] Columns, string[][] Rows)> Tables() =>
        Table()
            .Matches(Document)
            .Select(table =>
            {
                var lines = table
                    .Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
                    .ToArray();
                return (lines[0][0], lines[0], lines[2..]);
            });

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Shell();

    [GeneratedRegex(@"^curl 'http://127\.0\.0\.1:5070(/v1/models/(\w+)/.*)'$", RegexOptions.NonBacktracking)]
    private static partial Regex Curl();

    [GeneratedRegex(@"^\| (?:car_loan|elec2) \|.*\n\|---.*\n(?:\| \d{4}-.*\n)+", RegexOptions.Multiline, 1000)]
    private static partial Regex Table();
}
