using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.References;
using Plumbline.Statistics;

namespace Plumbline.Server.Tests.Drift;

/// <summary>A segment is compared with its own rows of the reference, from which it differs only when it changes.</summary>
public sealed class SegmentReferenceTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_segment_that_never_was_like_all_rows_drifts_only_when_it_changes()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "regression",
                segments = new[] { "country" },
                features = new
                {
                    amount = new { type = "numeric" },
                    country = new { type = "categorical" },
                    language = new { type = "categorical" },
                },
            }
        );
        var random = new RandomSource(11);
        await PutReferenceAsync(model, random);
        await PostAsync(model, random, hour: 0, brazilians: "pt");
        await PostAsync(model, random, hour: 1, brazilians: "en");
        await host.WaitUntilComputedAsync(model);

        Assert.InRange(await PsiAsync(model, "language", "country=BR", 0), 0, 0.1);
        Assert.InRange(await PsiAsync(model, "amount", "country=BR", 0), 0, 0.2);
        Assert.True(await PsiAsync(model, "language", "country=BR", 1) > 1);
        Assert.InRange(await PsiAsync(model, "language", "country=AT", 1), 0, 0.1);
        // The dimension itself is one value in each of its segments, as it was.
        Assert.InRange(await PsiAsync(model, "country", "country=BR", 0), 0, 0.01);
        // Too few rows of the reference say nothing of themselves: these are compared with all.
        Assert.True(await PsiAsync(model, "language", "country=CZ", 0) > 1);
    }

    /// <summary>Twice as many Austrians, who speak German, as Brazilians, who speak Portuguese and buy more; and a few Czechs.</summary>
    private async Task PutReferenceAsync(string model, RandomSource random)
    {
        var csv = new StringBuilder("amount,country,language,p\n");
        for (var i = 0; i < 4000; i++)
            csv.AppendLine(Row(random, i % 3 == 0 ? "BR" : "AT", i % 3 == 0 ? "pt" : "de"));
        for (var i = 0; i < SegmentReferences.FewestRows - 100; i++)
            csv.AppendLine(Row(random, "CZ", "cs"));
        using var content = new StringContent(csv.ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        using var response = await host.Client.PutAsync($"/v1/models/{model}/reference?prediction=p", content, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    private static string Row(RandomSource random, string country, string language) =>
        string.Create(CultureInfo.InvariantCulture, $"{Amount(random, country):R},{country},{Spoken(random, language)},0.5");

    private async Task PostAsync(string model, RandomSource random, int hour, string brazilians)
    {
        object Prediction(int i)
        {
            var (country, language) = (i % 3) switch
            {
                0 => ("BR", brazilians),
                1 => ("AT", "de"),
                _ => ("CZ", "cs"),
            };
            return new
            {
                prediction_id = $"{hour}-{i}",
                timestamp = Start.AddHours(hour).AddSeconds(i),
                prediction = 0.5,
                features = new
                {
                    amount = Amount(random, country),
                    country,
                    language = Spoken(random, language),
                },
            };
        }

        await host.PostAsync(model, "predictions", [.. Enumerable.Range(0, 1200).Select(Prediction)]);
    }

    private static double Amount(RandomSource random, string country) => random.NextGaussian() + (country == "BR" ? 3 : 0);

    private static string Spoken(RandomSource random, string language) => random.NextDouble() < 0.1 ? "en" : language;

    private async Task<double> PsiAsync(string model, string feature, string segment, int hour)
    {
        var (from, to) = (Start.AddHours(hour), Start.AddHours(hour + 1));
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric=drift.psi&feature={feature}&segment={Uri.EscapeDataString(segment)}&window=1h"
                + $"&from={Uri.EscapeDataString($"{from:O}")}&to={Uri.EscapeDataString($"{to:O}")}",
            Ct
        );
        return Assert.Single(answer.GetProperty("points").EnumerateArray().ToList()).GetProperty("value").GetDouble();
    }
}
