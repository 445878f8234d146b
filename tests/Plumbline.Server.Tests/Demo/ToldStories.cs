using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Dashboard.Demo;

namespace Plumbline.Server.Tests.Demo;

/// <summary>
/// Whether the incidents of two weeks of the demonstration tell its six troubles: one each, named rightly, begun in time, over when it is
/// over, and none beside them.
/// </summary>
internal static class ToldStories
{
    /// <summary>Looks in a row, a second apart, that must find the same.</summary>
    private const int SameLooks = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What the headline of each says, and how late the onset may be: slow drift matters days after it begins.</summary>
    private static readonly (string Chapter, string Words, TimeSpan Late)[] Stories =
    [
        ("Concentration", "concentrate on technical", TimeSpan.FromHours(12)),
        ("MissingLeak", "order_amount is missing", TimeSpan.FromHours(12)),
        ("BadSegment", "country=BR goes bad", TimeSpan.FromHours(12)),
        ("BadRelease", "version v3 is worse", TimeSpan.FromHours(12)),
        ("ConceptChange", "performance fell, inputs unchanged", TimeSpan.FromHours(12)),
        ("SlowDrift", "account_age_days", TimeSpan.FromDays(7)),
    ];

    /// <summary>The incidents, once several looks in a row found the same: rules look when windows are computed.</summary>
    public static async Task<List<JsonElement>> SettledAsync(HttpClient client)
    {
        var watch = Stopwatch.StartNew();
        var (before, same) = ("", 0);
        while (watch.Elapsed < Patience)
        {
            var now = await client.GetFromJsonAsync<JsonElement>("/v1/incidents?limit=200");
            same = now.GetRawText() == before ? same + 1 : 0;
            if (same == SameLooks)
                return [.. now.GetProperty("incidents").EnumerateArray()];
            before = now.GetRawText();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        throw new TimeoutException($"The incidents still change after {Patience}.");
    }

    /// <summary>What is not as it should be; empty when all is.</summary>
    /// <param name="scenario">What is planted.</param>
    /// <param name="incidents">All incidents, as the API says them.</param>
    public static IReadOnlyList<string> Problems(DemoScenario scenario, IReadOnlyList<JsonElement> incidents)
    {
        var problems = new List<string>();
        if (incidents.Count != Stories.Length)
            problems.Add($"{incidents.Count} incidents");
        foreach (var (chapter, words, late) in Stories)
        {
            var planted = scenario.Chapters.Single(candidate => candidate.Kind == chapter);
            var found = incidents.Where(incident => Headline(incident).Contains(words, StringComparison.Ordinal)).ToList();
            if (found.Count == 1)
                problems.AddRange(Problems(planted, late, found[0]).Select(problem => $"{chapter}: {problem}"));
            else
                problems.Add($"{chapter}: {found.Count} incidents with '{words}'");
        }

        var first = scenario.Chapters.Min(chapter => chapter.From).AddHours(-3);
        problems.AddRange(incidents.Where(incident => Onset(incident) < first).Select(incident => $"quiet days: {Headline(incident)}"));
        return problems;
    }

    /// <summary>Since when, and what, for people who read that something is wrong.</summary>
    public static string Describe(JsonElement incident) => $"{Onset(incident):O} {Headline(incident)}";

    private static IEnumerable<string> Problems(DemoChapter planted, TimeSpan late, JsonElement incident)
    {
        // The onset of what is seen in daily windows is known to the day.
        if (Onset(incident) < planted.From.AddDays(-1) || Onset(incident) > planted.From + late)
            yield return $"onset {Onset(incident):O}, began {planted.From:O}";
        var resolved = incident.GetProperty("resolved_at");
        DateTimeOffset? over = resolved.ValueKind == JsonValueKind.Null ? null : resolved.GetDateTimeOffset();
        if (planted.To is not { } end)
        {
            if (over is not null)
                yield return $"resolved {over:O}, and goes on";
        }
        else if (over is null || over < end.AddHours(-1) || over > end.AddDays(1))
        {
            yield return $"resolved {(over is null ? "never" : $"{over:O}")}, ended {end:O}";
        }
    }

    private static string Headline(JsonElement incident) => incident.GetProperty("headline").GetString()!;

    private static DateTimeOffset Onset(JsonElement incident) => incident.GetProperty("onset").GetDateTimeOffset();
}
