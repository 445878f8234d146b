using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace TicketRouter.Reporting;

/// <summary>What Plumbline answered to a batch.</summary>
public readonly record struct BatchAnswer(long Accepted, long Duplicates, long Rejected, string? FirstRejection);

/// <summary>
/// A client of Plumbline's HTTP API as any service would write it: NDJSON batches, and patience. Every event has an id, so sending a batch
/// again after a lost answer counts nothing twice.
/// </summary>
public sealed class PlumblineClient(HttpClient http, TimeProvider time, ILogger<PlumblineClient> log)
{
    /// <summary>Tries per batch before it is given up; with the growing pauses about a minute.</summary>
    public const int MaxTries = 10;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <param name="model">Which model.</param>
    /// <param name="kind"><c>predictions</c> or <c>ground-truth</c>.</param>
    /// <param name="ndjson">The events, one per line.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="HttpRequestException">Refused for a reason that repeating does not mend, or still failing after
    /// <see cref="MaxTries"/>.</exception>
    public async Task<BatchAnswer> PostAsync(string model, string kind, ReadOnlyMemory<byte> ndjson, CancellationToken ct)
    {
        var path = $"v1/models/{Uri.EscapeDataString(model)}/{kind}";
        var pause = TimeSpan.FromMilliseconds(200);
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            string problem;
            try
            {
                using var content = new ReadOnlyMemoryContent(ndjson);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var response = await http.PostAsync(path, content, ct);
                var text = await response.Content.ReadAsStringAsync(ct);
                if (response.IsSuccessStatusCode)
                    return Read(text);
                problem = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path} answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, 500)]}"
                );
                if (!MayRepeat(response.StatusCode))
                    throw new HttpRequestException(problem, null, response.StatusCode);
                asked = response.Headers.RetryAfter?.Delta;
            }
            catch (HttpRequestException failure) when (failure.StatusCode is null)
            {
                problem = $"{path}: {failure.Message}";
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                problem = $"{path}: no answer in time";
            }

            if (attempt == MaxTries)
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{problem} (given up after {MaxTries} tries)"));
            log.LogDebug("Try {Attempt}: {Problem}", attempt, problem);
            await Task.Delay(asked is { } wish && wish < LongestPause ? wish : pause, time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static bool MayRepeat(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private static BatchAnswer Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var rejected = root.TryGetProperty("rejected", out var list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
        return new BatchAnswer(Count("accepted"), Count("duplicates"), rejected, rejected == 0 ? null : list[0].GetRawText());

        long Count(string name) => root.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
    }
}
