using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Plumbline.Browser.Tests;

/// <summary>A panel taken out of the page: the file says what the HTTP API says, and the picture is of the theme.</summary>
public sealed class SaveTests(BrowserHost host)
{
    private const string Router = "/models/" + SeededModels.Router;

    [Fact]
    public async Task The_numbers_as_csv_are_those_of_the_api()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}?window=1h");
        var (name, bytes) = await SaveAsync(watched, "System", "CSV");
        Assert.Matches(@"^ticket-router_system_\d{8}t\d{4}-\d{8}t\d{4}\.csv$", name);
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var head = lines[0].Split(',');
        Assert.Equal(["window_start", "window_end", "requests per 1h (requests)"], head[..3]);
        Assert.Contains("errors (share)", head);
        Assert.Contains("errors lower 95 % (share)", head);
        var points = await PointsAsync("system.requests");
        var errors = await PointsAsync("system.error_rate");
        var compared = 0;
        foreach (var cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            if (cells[2].Length == 0)
                continue;
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:00:00Z$", cells[0]);
            Assert.Equal(points[At(cells[0])], double.Parse(cells[2], CultureInfo.InvariantCulture));
            Assert.Equal(
                errors[At(cells[0])],
                double.Parse(cells[Array.IndexOf(head, "errors (share)")], CultureInfo.InvariantCulture),
                12
            );
            compared++;
        }

        Assert.True(compared > 100, $"{compared} windows");
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task What_it_shows_as_json_has_range_window_series_and_an_address_that_shows_it_again()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}?window=1h");
        var (name, bytes) = await SaveAsync(watched, "System", "JSON");
        Assert.EndsWith(".json", name, StringComparison.Ordinal);
        var saved = JsonDocument.Parse(bytes).RootElement;
        Assert.Equal("System", saved.GetProperty("panel").GetString());
        Assert.Equal(SeededModels.Router, saved.GetProperty("model").GetString());
        Assert.Equal(3600, saved.GetProperty("window_seconds").GetInt32());
        var points = await PointsAsync("system.requests");
        var requests = saved.GetProperty("series").EnumerateArray().First(line => line.GetProperty("chart").GetString() == "Requests");
        Assert.Equal("requests", requests.GetProperty("unit").GetString());
        var known = requests
            .GetProperty("points")
            .EnumerateArray()
            .Where(point => point.GetProperty("status").GetString() == "ok")
            .ToList();
        Assert.True(known.Count > 100);
        Assert.All(
            known,
            point => Assert.Equal(points[At(point.GetProperty("window_start").GetString()!)], point.GetProperty("value").GetDouble())
        );
        var address = new Uri(saved.GetProperty("address").GetString()!);
        Assert.Contains("from=", address.Query, StringComparison.Ordinal);
        await watched.GoAsync(address.PathAndQuery);
        Assert.Contains(
            "\u2013",
            await watched.Page.Locator("summary[aria-label^='Time range']").InnerTextAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_table_is_saved_with_its_units_in_the_header()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync($"{Router}/inputs");
        var (_, bytes) = await SaveAsync(watched, "Features", "CSV");
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("Feature,Type,", lines[0], StringComparison.Ordinal);
        Assert.Contains("Missing now (%)", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("<script>alert(1)</script>,numeric,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("income,numeric,", StringComparison.Ordinal) && line.Contains('T'));
    }

    [Fact]
    public async Task Marks_and_words_stay_apart_and_buttons_are_left_out()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/incidents");
        var (_, bytes) = await SaveAsync(watched, "Open", "CSV");
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("Severity,Incident,State,", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 1);
        Assert.All(lines.Skip(1), line => Assert.DoesNotMatch("(^|,)(More|Less)(,|$)", line));
        await watched.GoAsync("/");
        (_, bytes) = await SaveAsync(watched, "Models", "CSV");
        var fleet = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.DoesNotMatch("(watch|bad|cannot judge)[a-zA-Z0-9]", fleet);
    }

    [Fact]
    public async Task No_cell_is_a_formula_and_quotes_lines_and_commas_stay_in_their_cell()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync("/");
        var text = await watched.Page.EvaluateAsync<string>(
            """
            async () => {
              const panel = document.createElement('section');
              panel.innerHTML = '<h2>hostile</h2><table><thead><tr><th>=HYPERLINK("x")</th><th>n</th></tr></thead><tbody></tbody></table>';
              for (const name of ['=1+1', '+1 x', '-cmd', '@SUM(A1)', 'a "quoted", cell', '\u22121.5 %'])
              {
                const row = panel.querySelector('tbody').insertRow();
                for (const text of [name, '1,234']) row.insertCell().textContent = text;
              }
              document.querySelector('main').append(panel);
              return (await import('/js/save.js')).csv(panel);
            }
            """
        );
        string[] lines =
        [
            "\"'=HYPERLINK(\"\"x\"\")\",n",
            "'=1+1,1234",
            "'+1 x,1234",
            "'-cmd,1234",
            "'@SUM(A1),1234",
            "\"a \"\"quoted\"\", cell\",1234",
            "\u22121.5 %,1234",
        ];
        Assert.Equal(string.Concat(lines.Select(line => line + "\r\n")), text);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task The_picture_is_of_the_panel_in_the_theme(string theme)
    {
        await using var watched = await host.OpenAsync(theme: theme);
        await watched.GoAsync(Router);
        var (name, bytes) = await SaveAsync(watched, "System", "PNG");
        Assert.EndsWith(".png", name, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(
            Path.Combine(BrowserHost.Screenshots, $"saved-{theme}.png"),
            bytes,
            TestContext.Current.CancellationToken
        );
        // Decoded by the browser: its size, its corner, and how many other colours there are.
        var seen = await watched.Page.EvaluateAsync<JsonElement>(
            """
            async text => {
              const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))], { type: 'image/png' }));
              const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height });
              const pen = canvas.getContext('2d');
              pen.drawImage(bitmap, 0, 0);
              const pixels = new Uint32Array(pen.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
              const panel = [...document.querySelectorAll('.panel')].find(p => p.querySelector('h2').textContent === 'System');
              const corner = pen.getImageData(1, 1, 1, 1).data;
              return {
                width: bitmap.width, wide: panel.querySelector('.body').clientWidth, colours: new Set(pixels).size,
                corner: `rgb(${corner[0]}, ${corner[1]}, ${corner[2]})`, surface: getComputedStyle(panel).backgroundColor,
                title: pixels.slice(0, bitmap.width * 80).some(p => p !== pixels[0])
              };
            }
            """,
            Convert.ToBase64String(bytes)
        );
        Assert.InRange(
            seen.GetProperty("width").GetInt32(),
            2 * seen.GetProperty("wide").GetInt32(),
            (2 * seen.GetProperty("wide").GetInt32()) + 80
        );
        Assert.Equal(seen.GetProperty("surface").GetString(), seen.GetProperty("corner").GetString());
        Assert.True(seen.GetProperty("colours").GetInt32() > 20);
        Assert.True(seen.GetProperty("title").GetBoolean());
    }

    [Fact]
    public async Task The_menu_is_reached_by_keys_and_only_there_where_there_is_something_to_save()
    {
        await using var watched = await host.OpenAsync();
        await watched.GoAsync(Router);
        var summary = watched.Page.GetByLabel("Save System");
        await summary.FocusAsync();
        await watched.Page.Keyboard.PressAsync("Enter");
        await watched.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("CSV the numbers", await watched.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.Empty(await watched.AxeAsync());
        foreach (var check in PageWalk.Checks)
            Assert.Empty(await watched.CheckAsync(check));
        var download = await watched.Page.RunAndWaitForDownloadAsync(() => watched.Page.Keyboard.PressAsync("Enter"));
        Assert.EndsWith(".csv", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.False(await watched.Page.Locator("details.save[open]").IsVisibleAsync());
        await watched.GoAsync($"{Router}/predictions/nobody");
        Assert.Equal(0, await watched.Page.Locator("details.save:visible").CountAsync());
    }

    private static async Task<(string Name, byte[] Content)> SaveAsync(WatchedPage watched, string panel, string kind)
    {
        await watched.Page.GetByLabel($"Save {panel}", new PageGetByLabelOptions { Exact = true }).ClickAsync();
        var button = watched.Page.Locator("details.save[open]").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = kind });
        var download = await watched.Page.RunAndWaitForDownloadAsync(() => button.ClickAsync());
        return (
            download.SuggestedFilename,
            await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)
        );
    }

    private async Task<Dictionary<DateTimeOffset, double>> PointsAsync(string metric)
    {
        await using var watched = await host.OpenAsync();
        var response = await watched.Page.APIRequest.GetAsync(
            $"/v1/models/{SeededModels.Router}/metrics?metric={metric}&window=1h&segment=&version=&from=2020-01-01&to=2100-01-01"
        );
        var answer = JsonDocument.Parse(await response.BodyAsync()).RootElement;
        return answer
            .GetProperty("points")
            .EnumerateArray()
            .Where(point => point.GetProperty("value").ValueKind == JsonValueKind.Number)
            .ToDictionary(point => At(point.GetProperty("window_start").GetString()!), point => point.GetProperty("value").GetDouble());
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
