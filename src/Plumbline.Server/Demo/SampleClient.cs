using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Dashboard.Demo;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Demo;

/// <summary>A model of the sample with the body to register it with.</summary>
public sealed record SampleModel(string Name, JsonObject Registration);

/// <summary>A version of the sample's models.</summary>
public sealed record SampleVersion(string Version, string Description, string HeldOut);

/// <summary>What the sample tells about itself.</summary>
public sealed record SampleDescription(
    long Seed,
    int Days,
    DateTimeOffset Anchor,
    IReadOnlyList<SampleModel> Models,
    IReadOnlyList<SampleVersion> Versions,
    IReadOnlyList<DemoChapter> Chapters
);

/// <summary>A line of progress of a back-fill; the last one has <paramref name="Done"/> or <paramref name="Error"/>.</summary>
public sealed record BackfillStep(
    long Hours,
    long TotalHours,
    long Predictions,
    long GroundTruth,
    long Signals,
    long Rejected,
    string? FirstRejection,
    DateTimeOffset To,
    bool Done,
    string? Error
);

/// <summary>The sample's HTTP surface for whoever conducts a demonstration.</summary>
public sealed class SampleClient(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public async Task<SampleDescription> DescribeAsync(CancellationToken cancellation) =>
        await http.GetFromJsonAsync<SampleDescription>("simulation", Json, cancellation) ?? throw Unusable("nothing");

    /// <summary>
    /// The reference of a model as NDJSON rows with the columns answer, score (not of a regression), ground_truth and timestamp.
    /// </summary>
    public Task<byte[]> ReferenceAsync(string model, CancellationToken cancellation) =>
        http.GetByteArrayAsync($"simulation/reference/{Uri.EscapeDataString(model)}", cancellation);

    /// <summary>Lets the sample post its past to the server; ends with the last step.</summary>
    /// <param name="from">Since when; null: from the start of the scenario.</param>
    /// <param name="cancellation">Stops it.</param>
    public async IAsyncEnumerable<BackfillStep> BackfillAsync(
        DateTimeOffset? from,
        DateTimeOffset? to,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var query =
            "?"
            + string.Join(
                '&',
                new[] { ("from", from), ("to", to) }
                    .Where(bound => bound.Item2 is not null)
                    .Select(bound => $"{bound.Item1}={Uri.EscapeDataString(bound.Item2!.Value.ToString("O"))}")
            );
        using var request = new HttpRequestMessage(HttpMethod.Post, "simulation/backfill" + query);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
            throw Unusable(await response.Content.ReadAsStringAsync(cancellation));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
            yield return JsonSerializer.Deserialize<BackfillStep>(line, Json) ?? throw Unusable(line);
    }

    public async Task GoLiveAsync(CancellationToken cancellation)
    {
        using var response = await http.PostAsync("simulation/live", content: null, cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Lets the scripted annotator answer review tasks.</summary>
    /// <param name="most">Tasks at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How many it answered.</returns>
    public async Task<int> AnnotateAsync(int most, CancellationToken cancellation)
    {
        using var response = await http.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"simulation/annotate?most={most}"),
            content: null,
            cancellation
        );
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return answer.GetProperty("answered").GetInt32();
    }

    private static CommandLineException Unusable(string answer) =>
        new(ExitCode.Failure, $"the demonstration's model service answered: {answer}");
}
