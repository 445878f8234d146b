using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Registry.Scheduling;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// The HTTP API of a Plumbline server, as far as an import needs it. Waits where the server asks to wait; everything it sends may be sent
/// twice without harm.
/// </summary>
public sealed class ServerConnection(HttpClient http, string? apiKey, TimeProvider time)
{
    // For a terminal, not for a page: apostrophes stay as they are.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int MaxAttempts = 6;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(16));

    // How long an import stays patient while the server says 429: an overloaded server drains its spool in minutes, a stuck one never does.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The HTTP client of a connection to a server.</summary>
    /// <param name="server">The server's address; a path in front of the API is kept.</param>
    /// <param name="longest">How long an answer may take.</param>
    public static HttpClient Client(Uri server, TimeSpan longest) =>
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = WithSlash(server),
            Timeout = longest,
        };

    /// <summary>The address with a slash at its end, so that paths are put behind it.</summary>
    public static Uri WithSlash(Uri server) => server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");

    /// <summary>The model as the server has it; null when it has none of this name.</summary>
    public async Task<JsonObject?> FindModelAsync(string model, CancellationToken cancellation)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, ModelPath(model)),
            retryWhenUnreachable: false,
            cancellation
        );
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        return await ReadObjectAsync(response, cancellation);
    }

    public Task PutModelAsync(string model, JsonObject definition, CancellationToken cancellation) =>
        DeclareAsync(HttpMethod.Put, ModelPath(model), definition, "the model was not accepted", cancellation);

    public Task PutVersionAsync(string model, string version, JsonObject declaration, CancellationToken cancellation) =>
        DeclareAsync(
            HttpMethod.Put,
            $"{ModelPath(model)}/versions/{Uri.EscapeDataString(version)}",
            declaration,
            "the version was not accepted",
            cancellation
        );

    /// <summary>Sends the reference; <paramref name="content"/> is made anew for each attempt.</summary>
    public async Task<JsonObject> PutReferenceAsync(string model, string query, Func<HttpContent> content, CancellationToken cancellation)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, $"{ModelPath(model)}/reference{query}") { Content = content() },
            retryWhenUnreachable: true,
            cancellation
        );
        await EnsureSuccessAsync(response, "the reference was not accepted", cancellation);
        return await ReadObjectAsync(response, cancellation);
    }

    /// <summary>Posts gzipped NDJSON rows; null when the batch is too large for the server (413).</summary>
    public async Task<RowsAnswer?> PostRowsAsync(
        string model,
        string kind,
        ReadOnlyMemory<byte> gzippedRows,
        CancellationToken cancellation
    )
    {
        using var response = await SendAsync(
            () =>
                new HttpRequestMessage(HttpMethod.Post, $"{ModelPath(model)}/{kind}")
                {
                    Content = new ReadOnlyMemoryContent(gzippedRows)
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson"), ContentEncoding = { "gzip" } },
                    },
                },
            retryWhenUnreachable: true,
            cancellation
        );
        if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge)
            return null;
        if (response.StatusCode != HttpStatusCode.BadRequest)
            await EnsureSuccessAsync(response, $"the {kind} were not accepted", cancellation);
        var answer = await ReadObjectAsync(response, cancellation);
        if (response.StatusCode == HttpStatusCode.BadRequest && answer["rejected"] is null)
            throw new CommandLineException(ExitCode.Failure, $"the {kind} were not accepted: {Describe(answer, response.StatusCode)}");
        return RowsAnswer.Read(answer);
    }

    /// <summary><c>GET /v1/models/{model}/progress</c>.</summary>
    public Task<JsonObject> ReadProgressAsync(string model, CancellationToken cancellation) =>
        GetAsync($"{ModelPath(model)}/progress", "the progress cannot be read", cancellation);

    /// <summary>Declares something: PUT or POST with a JSON body.</summary>
    /// <param name="method">PUT or POST.</param>
    /// <param name="path">Below the server's address, as <c>v1/retraining/targets/trainer</c>.</param>
    /// <param name="body">What is declared.</param>
    /// <param name="what">The sentence of a refusal, as "the target was not accepted".</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task DeclareAsync(HttpMethod method, string path, JsonObject body, string what, CancellationToken cancellation)
    {
        using var response = await SendJsonAsync(method, path, body, what, cancellation);
    }

    /// <summary>Posts a question and reads its answer; as <see cref="DeclareAsync"/> otherwise.</summary>
    public async Task<JsonObject> AskAsync(string path, JsonObject body, string what, CancellationToken cancellation)
    {
        using var response = await SendJsonAsync(HttpMethod.Post, path, body, what, cancellation);
        return await ReadObjectAsync(response, cancellation);
    }

    private async Task<HttpResponseMessage> SendJsonAsync(
        HttpMethod method,
        string path,
        JsonObject body,
        string what,
        CancellationToken cancellation
    )
    {
        var text = body.ToJsonString();
        var response = await SendAsync(
            () => new HttpRequestMessage(method, path) { Content = new StringContent(text, Encoding.UTF8, "application/json") },
            retryWhenUnreachable: true,
            cancellation
        );
        await EnsureSuccessAsync(response, what, cancellation);
        return response;
    }

    /// <summary>Asks for something.</summary>
    /// <param name="path">Below the server's address.</param>
    /// <param name="what">The sentence of a refusal.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<JsonObject> GetAsync(string path, string what, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), retryWhenUnreachable: true, cancellation);
        await EnsureSuccessAsync(response, what, cancellation);
        return await ReadObjectAsync(response, cancellation);
    }

    /// <summary>Where a model is, below the server's address.</summary>
    internal static string ModelPath(string model) => $"v1/models/{Uri.EscapeDataString(model)}";

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> create,
        bool retryWhenUnreachable,
        CancellationToken cancellation
    )
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            HttpResponseMessage? response = null;
            try
            {
                using var request = create();
                if (apiKey is not null)
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
                response = await http.SendAsync(request, cancellation);
                if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    throw new CommandLineException(
                        ExitCode.Failure,
                        $"the server refuses ({(int)response.StatusCode}): give a key that may do this with --api-key or PLUMBLINE_API_KEY"
                    );
                }

                if (PauseBefore(response, attempt) is not { } pause)
                    return response;
                if (
                    time.GetElapsedTime(began) + pause > Patience
                    || (response.StatusCode != HttpStatusCode.TooManyRequests && attempt >= MaxAttempts)
                )
                {
                    throw new CommandLineException(ExitCode.ServerUnreachable, Unreachable(response));
                }

                response.Dispose();
                await Task.Delay(pause, time, cancellation);
            }
            catch (HttpRequestException unreachable) when (unreachable.StatusCode is null)
            {
                response?.Dispose();
                if (!retryWhenUnreachable || attempt >= MaxAttempts)
                {
                    throw new CommandLineException(
                        ExitCode.ServerUnreachable,
                        $"cannot reach {http.BaseAddress}: {unreachable.Message}",
                        unreachable
                    );
                }

                await Task.Delay(Backoff.After(attempt), time, cancellation);
            }
            catch (TaskCanceledException slow) when (!cancellation.IsCancellationRequested)
            {
                throw new CommandLineException(
                    ExitCode.ServerUnreachable,
                    $"{http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:N0} s",
                    slow
                );
            }
            catch (CommandLineException)
            {
                response?.Dispose();
                throw;
            }
        }
    }

    private static string Unreachable(HttpResponseMessage response) =>
        $"the server keeps answering {(int)response.StatusCode} ({response.ReasonPhrase}); "
        + "what it acknowledged is kept, so the same command continues";

    private TimeSpan? PauseBefore(HttpResponseMessage response, int attempt) =>
        response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => Shorter(
                AskedPause(response.Headers.RetryAfter) ?? Backoff.After(attempt),
                LongestPause
            ),
            HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => Backoff.After(attempt),
            _ => null,
        };

    private TimeSpan? AskedPause(RetryConditionHeaderValue? asked) =>
        asked switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
            _ => null,
        };

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static async Task EnsureSuccessAsync(HttpResponseMessage response, string what, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
            return;
        var answer = await ReadObjectAsync(response, cancellation);
        throw new CommandLineException(ExitCode.Failure, $"{what}: {Describe(answer, response.StatusCode)}");
    }

    private static async Task<JsonObject> ReadObjectAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            if (JsonNode.Parse(text) is JsonObject answer)
                return answer;
        }
        catch (JsonException)
        {
            // A proxy's error page, or an address that is no Plumbline server: said below.
        }

        throw new CommandLineException(
            ExitCode.Failure,
            $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} with something that is not JSON; "
                + "is this a Plumbline server?"
        );
    }

    // RFC 9457: title and detail; "errors" when several fields are wrong.
    private static string Describe(JsonObject problem, HttpStatusCode status)
    {
        var parts = new[] { problem["title"]?.ToString(), problem["detail"]?.ToString(), problem["errors"]?.ToJsonString(Readable) }.Where(
            part => !string.IsNullOrEmpty(part)
        );
        return $"{(int)status} {string.Join(": ", parts)}";
    }
}

/// <summary>One row that the server did not take. <paramref name="Index"/> counts from 0 within the batch.</summary>
public sealed record RejectedRow(int Index, string Code, string Detail);

/// <summary>The answer to a batch of rows.</summary>
public sealed record RowsAnswer(long Accepted, long Duplicates, IReadOnlyList<RejectedRow> Rejected)
{
    internal static RowsAnswer Read(JsonObject answer) =>
        new(
            answer["accepted"]?.GetValue<long>() ?? 0,
            answer["duplicates"]?.GetValue<long>() ?? 0,
            [
                .. (answer["rejected"] as JsonArray ?? [])
                    .OfType<JsonObject>()
                    .Select(row => new RejectedRow(
                        row["index"]?.GetValue<int>() ?? -1,
                        row["code"]?.ToString() ?? "",
                        row["detail"]?.ToString() ?? ""
                    )),
            ]
        );
}
