using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace TicketRouter.Retraining;

/// <summary>What the trainer asks and tells Plumbline: rows, how it goes, what the new version answers, and which version is
/// promoted.</summary>
public sealed class RetrainingClient(HttpClient http)
{
    /// <summary>The rows of a part of a data set; none where it has no such part.</summary>
    public async IAsyncEnumerable<DatasetRow> RowsAsync(Uri dataset, string split, [EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await http.GetAsync(
            new Uri($"{dataset.AbsoluteUri.TrimEnd('/')}/files/{split}.jsonl"),
            HttpCompletionOption.ResponseHeadersRead,
            ct
        );
        if (response.StatusCode == HttpStatusCode.NotFound)
            yield break;
        await EnsureAsync(response, ct);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            if (line.Length > 0)
                yield return DatasetRow.Read(line);
        }
    }

    /// <summary>Tells what a version answers to rows that it was not trained with.</summary>
    public async Task EvaluateAsync(Uri dataset, string version, IEnumerable<(string Id, string Answer)> answers, CancellationToken ct)
    {
        var lines = new StringBuilder();
        foreach (var (id, answer) in answers)
            lines.AppendLine(JsonSerializer.Serialize(new { prediction_id = id, prediction = answer }));
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var response = await http.PutAsync(
            new Uri($"{dataset.AbsoluteUri.TrimEnd('/')}/evaluations/{Uri.EscapeDataString(version)}"),
            content,
            ct
        );
        await EnsureAsync(response, ct);
    }

    /// <summary>Tells how a run goes.</summary>
    public async Task TellAsync(Uri callback, object state, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(callback, state, ct);
        await EnsureAsync(response, ct);
    }

    /// <summary>Versions of a model and where each stands, such as <c>shadow</c> or <c>promoted</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> StagesAsync(string model, CancellationToken ct)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>($"v1/models/{Uri.EscapeDataString(model)}/versions", ct);
        var stages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var version in answer.GetProperty("versions").EnumerateArray())
        {
            if (
                version.TryGetProperty("declaration", out var declared)
                && declared.ValueKind == JsonValueKind.Object
                && declared.TryGetProperty("stage", out var stage)
                && stage.ValueKind == JsonValueKind.String
            )
            {
                stages[version.GetProperty("version").GetString()!] = stage.GetString()!;
            }
        }

        return stages;
    }

    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
            return;
        var text = await response.Content.ReadAsStringAsync(ct);
        throw new HttpRequestException(
            $"{response.RequestMessage?.RequestUri?.AbsolutePath} answered {(int)response.StatusCode}: "
                + text[..Math.Min(text.Length, 500)],
            null,
            response.StatusCode
        );
    }
}
