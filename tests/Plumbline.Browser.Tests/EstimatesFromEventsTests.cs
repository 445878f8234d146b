using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Browser.Tests;

/// <summary>
/// A labelled reference and a day of predictions go in over HTTP; the estimates, plain and adapted, are read on the page.
/// </summary>
public sealed class EstimatesFromEventsTests(BrowserHost host)
{
    private const string Model = "estimated-refunds";

    [Fact]
    public async Task A_labelled_reference_gives_estimates_and_the_adapted_ones_on_demand()
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = host.Address };
        await SendAsync(
            client,
            HttpMethod.Put,
            "",
            JsonSerializer.Serialize(
                new
                {
                    task = "binary",
                    positive_class = "1",
                    classes = new[] { "0", "1" },
                    features = new { amount = new { type = "numeric" } },
                }
            ),
            "application/json"
        );
        var csv = new StringBuilder("amount,answer,s,truth\n");
        for (var i = 0; i < 1200; i++)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{i % 97},{(Score(i) >= 0.5 ? 1 : 0)},{Score(i)},{(Score(i) > (i * 0.618 % 1) ? 1 : 0)}\n"
            );
        }

        await SendAsync(client, HttpMethod.Put, "/reference?prediction=answer&score=s&ground_truth=truth", csv.ToString(), "text/csv");
        var day = new DateTimeOffset(DateTimeOffset.Parse("2026-03-04T00:00:00Z", CultureInfo.InvariantCulture).UtcDateTime, TimeSpan.Zero);
        await SendAsync(
            client,
            HttpMethod.Post,
            "/predictions",
            string.Join(
                '\n',
                Enumerable
                    .Range(0, 600)
                    .Select(i =>
                        JsonSerializer.Serialize(
                            new
                            {
                                prediction_id = $"e{i}",
                                timestamp = day.AddMinutes(i),
                                features = new { amount = 40 + (i % 57) },
                                prediction = Score(i) >= 0.5 ? "1" : "0",
                                score = Score(i),
                            }
                        )
                    )
            ),
            "application/x-ndjson"
        );
        while (
            await client.GetFromJsonAsync<JsonElement>($"/v1/models/{Model}/progress") is var progress
            && (progress.GetProperty("spool").GetInt64() > 0 || progress.GetProperty("pending_windows").GetInt64() > 0)
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        foreach (var (width, theme) in new[] { (1440, "light"), (1440, "dark"), (390, "light") })
        {
            await using var watched = await host.OpenAsync(width, theme);
            await watched.GoAsync($"/models/{Model}/performance?range=all");
            await watched.Page.GetByText("Not yet checked against ground truth").WaitForAsync();
            await watched.Page.GetByText("Adapt to the inputs' shift").ClickAsync();
            await watched.ReachAsync("adapt=1");
            await watched.Page.GetByText("Neither sees a changed relation").WaitForAsync();
            await watched.SettleAsync();
            await watched.ShootAsync($"adapted-{width}-{theme}");
            foreach (var check in new[] { "failures", "overflow", "labels", "contrast", "cut" })
                Assert.Empty(await watched.CheckAsync(check));
            Assert.Empty(watched.Complaints);
        }
    }

    private static double Score(int i) => Math.Round(i * 0.754877 % 1, 4);

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string body, string mediaType)
    {
        using var request = new HttpRequestMessage(method, $"/v1/models/{Model}{path}")
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
