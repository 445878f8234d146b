using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Drift;

/// <summary>From rows to calibrated points through the real server and engine.</summary>
public sealed class CalibratedDriftTests(TestHost host)
{
    private const int RowsPerHour = 180;
    private static readonly DateTimeOffset Start = new(2025, 3, 3, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reference_with_timestamps_tells_what_is_usual()
    {
        var model = await host.CreateModelAsync(new { task = "regression", segments = new[] { "country" } }, "calibrated");
        var random = new RandomSource(1);
        await PutReferenceAsync(model, random, hours: 96, timestamps: true);
        // Six usual hours, then six of which a tenth of the amounts got lost and the rest moved by one standard deviation.
        await PostAsync(model, random, 100, 6, shift: 0, missing: 0);
        await PostAsync(model, random, 106, 6, shift: 1, missing: 0.1);
        await host.WaitUntilComputedAsync(model);
        var points = await PointsAsync(model);
        var amount = points
            .Where(point => Text(point, "feature") == "amount" && Text(point, "segment").Length == 0)
            .OrderBy(point => Text(point, "window_start"))
            .ToList();
        Assert.Equal(12, amount.Count);
        Assert.All(amount, point => Assert.Equal("ok", Text(point, "status")));
        Assert.All(amount.Take(6), point => Assert.True(Number(point, "p_value") > 0.001, point.ToString()));
        Assert.All(
            amount.Skip(6),
            point => Assert.True(Number(point, "p_value") < 0.01 && Number(point, "value") is > 0.5 and < 2, point.ToString())
        );
        Assert.All(
            points.Where(point => Text(point, "feature") == "country" && Text(point, "status") == "ok"),
            point => Assert.True(Number(point, "p_value") > 0.001)
        );
        Assert.Contains(
            points,
            point => Text(point, "segment") == "country=FR" && Text(point, "feature") == "amount" && Number(point, "p_value") < 0.01
        );
        Assert.Contains(points, point => Text(point, "feature") == "@prediction");
    }

    [Fact]
    public async Task Without_timestamps_the_first_seven_days_are_learned_and_not_judged()
    {
        var model = await host.CreateModelAsync(new { task = "regression" }, "calibrated");
        var random = new RandomSource(2);
        await PutReferenceAsync(model, random, hours: 20, timestamps: false);
        await PostAsync(model, random, 0, 170, shift: 0, missing: 0);
        await PostAsync(model, random, 170, 3, shift: 1, missing: 0);
        await host.WaitUntilComputedAsync(model, TimeSpan.FromMinutes(5));
        var amount = (await PointsAsync(model))
            .Where(point => Text(point, "feature") == "amount")
            .OrderBy(point => Text(point, "window_start"))
            .ToList();
        Assert.Equal(173, amount.Count);
        Assert.All(
            amount.Take(168),
            point =>
                Assert.Equal(("insufficient_data", JsonValueKind.Null), (Text(point, "status"), point.GetProperty("p_value").ValueKind))
        );
        Assert.All(amount.Skip(168), point => Assert.Equal("ok", Text(point, "status")));
        Assert.All(amount.Skip(170), point => Assert.True(Number(point, "p_value") < 0.001, point.ToString()));
    }

    private async Task PutReferenceAsync(string model, RandomSource random, int hours, bool timestamps)
    {
        var csv = new StringBuilder(timestamps ? "amount,country,p,t\n" : "amount,country,p\n");
        for (var i = 0; i < hours * RowsPerHour; i++)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{random.NextGaussian():R},{(random.NextInt(3) == 0 ? "DE" : "FR")},{random.NextDouble():R}"
            );
            csv.Append(timestamps ? string.Create(CultureInfo.InvariantCulture, $",{Time(0, i):O}\n") : "\n");
        }

        using var content = new StringContent(csv.ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        using var response = await host.Client.PutAsync(
            new Uri($"/v1/models/{model}/reference?prediction=p{(timestamps ? "&timestamp=t" : "")}", UriKind.Relative),
            content,
            Ct
        );
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private async Task PostAsync(string model, RandomSource random, int firstHour, int hours, double shift, double missing)
    {
        foreach (var rows in Enumerable.Range(0, hours * RowsPerHour).Chunk(1000))
        {
            object[] predictions = Array.ConvertAll(
                rows,
                i =>
                    (object)
                        new
                        {
                            id = $"{firstHour}-{i}",
                            timestamp = Time(firstHour, i),
                            prediction = random.NextDouble(),
                            features = new
                            {
                                amount = random.NextDouble() < missing ? null : (double?)(shift + random.NextGaussian()),
                                country = random.NextInt(3) == 0 ? "DE" : "FR",
                            },
                        }
            );
            using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/predictions", predictions, Ct);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
        }
    }

    private async Task<List<JsonElement>> PointsAsync(string model)
    {
        var from = Uri.EscapeDataString(Start.AddDays(-1).ToString("O", CultureInfo.InvariantCulture));
        var to = Uri.EscapeDataString(Start.AddDays(20).ToString("O", CultureInfo.InvariantCulture));
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric=drift.calibrated&segment=*&from={from}&to={to}&window=1h&limit=100000",
            Ct
        );
        return [.. answer.GetProperty("points").EnumerateArray()];
    }

    private static DateTimeOffset Time(int firstHour, int row) => Start.AddHours(firstHour).AddSeconds(20 * row);

    private static string Text(JsonElement point, string name) =>
        point.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double? Number(JsonElement point, string name) =>
        point.GetProperty(name).ValueKind == JsonValueKind.Number ? point.GetProperty(name).GetDouble() : null;
}
