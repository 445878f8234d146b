using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>Asks a Prometheus over its HTTP API. Whatever comes back is an answer: what went wrong is said in it.</summary>
internal sealed class PrometheusClient : IDisposable
{
    /// <summary>Samples of a series in one answer; a Prometheus refuses more than 11,000.</summary>
    public const int MostSamples = 5_000;

    private const int MostBytes = 8 << 20;

    /// <summary>From here on a value stands for "not measured": exporters of GPUs write the largest whole numbers.</summary>
    private const double Blank = 9e18;

    private readonly MachineOptions _options;
    private readonly HttpClient _http;

    /// <param name="options">Where it may ask.</param>
    /// <param name="allowLinkLocal">Whether link-local addresses may be asked.</param>
    public PrometheusClient(MachineOptions options, bool allowLinkLocal)
    {
        _options = options;
        _http = new HttpClient(OutboundSockets.Handler(allowLinkLocal))
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    /// <summary>Values of a query from a time to another, both included.</summary>
    public async Task<PrometheusAnswer> QueryRangeAsync(
        PrometheusConnection connection,
        string query,
        (DateTimeOffset From, DateTimeOffset To) range,
        TimeSpan step,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var request = Request(connection, query, range, step);
            using var response = await _http.SendAsync(request, limit.Token);
            return Read(response, await response.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return PrometheusAnswer.Failed($"it did not answer within {_options.Timeout.TotalSeconds:0} s (system.timeout)");
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return PrometheusAnswer.Failed($"its answer is larger than {MostBytes >> 20} MiB: the query gives too many series");
        }
        catch (Exception error) when (error is HttpRequestException or OutboundRefusedException or IOException)
        {
            return PrometheusAnswer.Failed($"it cannot be reached: {error.GetBaseException().Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(
        PrometheusConnection connection,
        string query,
        (DateTimeOffset From, DateTimeOffset To) range,
        TimeSpan step
    )
    {
        static string Seconds(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
        // As a form: long queries do not fit into an address.
        var request = new HttpRequestMessage(HttpMethod.Post, $"{connection.Url!.AbsoluteUri.TrimEnd('/')}/api/v1/query_range")
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["query"] = query,
                    ["start"] = Seconds(range.From.ToUnixTimeMilliseconds() / 1000.0),
                    ["end"] = Seconds(range.To.ToUnixTimeMilliseconds() / 1000.0),
                    ["step"] = Seconds(step.TotalSeconds),
                }
            ),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (connection.AuthorizationNow is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (connection.Tenant is { } tenant)
            request.Headers.TryAddWithoutValidation("X-Scope-OrgID", tenant);
        return request;
    }

    private PrometheusAnswer Read(HttpResponseMessage response, byte[] body)
    {
        JsonDocument read;
        try
        {
            read = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            // Of a proxy on the way, or of something else altogether.
            return PrometheusAnswer.Failed($"it answered {(int)response.StatusCode} and no JSON: is that the address of a Prometheus?");
        }

        using (read)
        {
            var root = read.RootElement;
            if (!response.IsSuccessStatusCode || Text(root, "status") != "success")
            {
                var said = Problems.Shorten(Text(root, "error") ?? "nothing of why", 300);
                return PrometheusAnswer.Failed($"it answered {(int)response.StatusCode}: {said}");
            }

            return ReadSeries(root);
        }
    }

    private PrometheusAnswer ReadSeries(JsonElement root)
    {
        if (
            root.TryGetProperty("data", out var data) is false
            || Text(data, "resultType") != "matrix"
            || data.GetProperty("result") is not { ValueKind: JsonValueKind.Array } result
        )
        {
            return PrometheusAnswer.Failed("it gave something else than series over time");
        }

        if (result.GetArrayLength() is var count && count > _options.MaxSeries)
        {
            return PrometheusAnswer.Failed(
                $"the query gives {count:N0} series; at most {_options.MaxSeries:N0} (system.max_series). Put sum, avg or max around it"
            );
        }

        var warning =
            root.TryGetProperty("warnings", out var warnings) && warnings.ValueKind == JsonValueKind.Array && warnings.GetArrayLength() > 0
                ? Problems.Shorten(warnings[0].ToString(), 300)
                : null;
        return new PrometheusAnswer([.. result.EnumerateArray().Select(SeriesOf)], null, warning);
    }

    private static PrometheusSeries SeriesOf(JsonElement series)
    {
        var labels = series.TryGetProperty("metric", out var metric)
            ? string.Join(",", metric.EnumerateObject().Select(label => $"{label.Name}=\"{label.Value.GetString()}\""))
            : "";
        var samples = new List<(DateTimeOffset, double)>();
        // Native histograms have no values.
        if (series.TryGetProperty("values", out var values))
        {
            foreach (var sample in values.EnumerateArray())
            {
                if (
                    double.TryParse(sample[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    && double.IsFinite(value)
                    && Math.Abs(value) < Blank
                )
                {
                    samples.Add((DateTimeOffset.FromUnixTimeMilliseconds((long)(sample[0].GetDouble() * 1000)), value));
                }
            }
        }

        return new PrometheusSeries(Problems.Shorten(labels, 300), samples);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
