using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Dashboard.Demo;

namespace Plumbline.Server.Tests.Demo;

/// <summary>Finds every chapter of the scenario again in what the server computed, through the public API alone.</summary>
internal sealed class ScenarioInMetrics(HttpClient http, DemoScenario scenario)
{
    private DateTimeOffset Start => scenario.Anchor.AddDays(-scenario.Days);

    public async Task CheckAsync()
    {
        Assert.Equal(7, scenario.Chapters.Count);
        await SlowDriftAsync();
        await ConcentrationAsync();
        await MissingLeakAsync();
        await BadReleaseAsync();
        await BadSegmentAsync();
        await ConceptChangeAsync();
        Assert.InRange(await MeanAsync("refund-risk", "performance.roc_auc", Start, scenario.Anchor), 0.6, 0.95);
        Assert.InRange(await MeanAsync("handling-time", "performance.mae", Start, scenario.Anchor), 5, 20);
    }

    private async Task SlowDriftAsync()
    {
        var drift = Chapter("SlowDrift");
        var middle = drift.From + ((scenario.Anchor - drift.From) / 2);
        foreach (var feature in new[] { "account_age_days", "order_amount" })
        {
            var more = $"&feature={feature}";
            var (before, half, end) = (
                await MeanAsync("ticket-router", "drift.psi", Start, drift.From, more),
                await MeanAsync("ticket-router", "drift.psi", middle.AddHours(-8), middle.AddHours(2), more),
                await MeanAsync("ticket-router", "drift.psi", scenario.Anchor.AddHours(-8), scenario.Anchor, more)
            );
            Assert.True(before < half && half < end && end > before + 0.15, $"{feature}: {before:0.000} {half:0.000} {end:0.000}");
        }
    }

    private async Task ConcentrationAsync()
    {
        var chapter = Chapter("Concentration");
        var (before, during) = (
            await MeanAsync("ticket-router", "output.top_share", Start, chapter.From),
            await MeanAsync("ticket-router", "output.top_share", chapter.From, chapter.To!.Value)
        );
        Assert.True(before < 0.3 && during is > 0.34 and < 0.48, $"{before:0.000} {during:0.000}");
    }

    private async Task MissingLeakAsync()
    {
        var chapter = Chapter("MissingLeak");
        var (before, during) = (
            await MeanAsync("ticket-router", "input.missing_rate", Start, chapter.From, "&feature=order_amount"),
            await MeanAsync("ticket-router", "input.missing_rate", chapter.From, chapter.To!.Value, "&feature=order_amount")
        );
        Assert.True(before < 0.07 && during > 0.25, $"{before:0.000} {during:0.000}");
    }

    private async Task BadReleaseAsync()
    {
        var chapter = Chapter("BadRelease");
        var (from, to) = (chapter.From, chapter.To!.Value);
        var (sound, bad) = (
            await MeanAsync("ticket-router", "system.error_rate", from.AddHours(-4), from),
            await MeanAsync("ticket-router", "system.error_rate", from, to, "&version=v3")
        );
        Assert.True(sound < 0.02 && bad > 0.05, $"errors {sound:0.000} {bad:0.000}");
        var (quick, slow) = (
            await MeanAsync("ticket-router", "system.latency_ms.p95", from.AddHours(-4), from),
            await MeanAsync("ticket-router", "system.latency_ms.p95", from, to)
        );
        Assert.True(slow > 5 * quick, $"latency {quick:0} {slow:0}");
    }

    private async Task BadSegmentAsync()
    {
        var chapter = Chapter("BadSegment");
        var concept = Chapter("ConceptChange").From;
        // By the day, because a country has few ground truths in an hour; of three days one whole day is before the chapter and most of one
        // in it.
        var (all, brazil) = (
            await PointsAsync("ticket-router", "performance.accuracy", Start, scenario.Anchor, "&window=1d"),
            await PointsAsync("ticket-router", "performance.accuracy", Start, scenario.Anchor, "&window=1d&segment=country%3DBR")
        );
        Assert.NotEmpty(all);
        Assert.NotEmpty(brazil);
        Assert.True(all.Min(point => point.Value) > 0.7, string.Join(' ', all));
        Assert.True(brazil.Max(point => point.Value) - brazil.Min(point => point.Value) > 0.15, string.Join(' ', brazil));
        Assert.True(chapter.From < concept);
    }

    private async Task ConceptChangeAsync()
    {
        var chapter = Chapter("ConceptChange");
        var (before, after) = (
            await MeanAsync("ticket-router", "performance.accuracy", Chapter("BadRelease").To!.Value, chapter.From),
            await MeanAsync("ticket-router", "performance.accuracy", chapter.From, scenario.Anchor)
        );
        Assert.True(before - after is > 0.03 and < 0.2, $"accuracy {before:0.000} {after:0.000}");
        var (outputsBefore, outputsAfter) = (
            await MeanAsync("ticket-router", "drift.js", Chapter("BadRelease").To!.Value, chapter.From, "&feature=%40prediction"),
            await MeanAsync("ticket-router", "drift.js", chapter.From, scenario.Anchor, "&feature=%40prediction")
        );
        Assert.True(outputsAfter < outputsBefore + 0.05, $"outputs {outputsBefore:0.000} {outputsAfter:0.000}");
    }

    private DemoChapter Chapter(string kind) => scenario.Chapters.Single(chapter => chapter.Kind == kind);

    private async Task<double> MeanAsync(string model, string metric, DateTimeOffset from, DateTimeOffset to, string more = "")
    {
        var points = await PointsAsync(model, metric, from, to, more);
        Assert.True(points.Count > 0, $"{model} {metric}{more} has no points from {from:u} to {to:u}");
        return points.Average(point => point.Value);
    }

    private async Task<List<(DateTimeOffset Start, double Value)>> PointsAsync(
        string model,
        string metric,
        DateTimeOffset from,
        DateTimeOffset to,
        string more
    )
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(
            $"v1/models/{model}/metrics?metric={metric}&from={Text(from)}&to={Text(to)}{more}",
            TestContext.Current.CancellationToken
        );
        return
        [
            .. answer
                .GetProperty("points")
                .EnumerateArray()
                .Where(point => point.GetProperty("status").GetString() == "ok")
                .Select(point => (point.GetProperty("window_start").GetDateTimeOffset(), point.GetProperty("value").GetDouble())),
        ];

        static string Text(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));
    }
}
