using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Plumbline.Bench.Fuzz;

/// <summary>What a fuzz has found.</summary>
/// <param name="Sent">Requests.</param>
/// <param name="Statuses">Answers by kind and status.</param>
/// <param name="Seconds">Waiting time by kind, all connections together.</param>
/// <param name="Failures">What must not be: a 5xx other than 503 with a reason, a connection that broke, a counter that does not agree. The
/// first hundred.</param>
/// <param name="FailureCount">All of them.</param>
/// <param name="Memory">The server's memory in MiB, sampled through the run; empty where nobody measures it.</param>
/// <param name="EmptiedMemory">The same at the end of each round, after all that the round had sent was deleted.</param>
internal sealed record FuzzReport(
    int Sent,
    IReadOnlyDictionary<string, int> Statuses,
    IReadOnlyDictionary<string, double> Seconds,
    IReadOnlyList<string> Failures,
    int FailureCount,
    IReadOnlyList<double> Memory,
    IReadOnlyList<double> EmptiedMemory
);

/// <summary>
/// Sends mutated requests to a server and holds its answers to what they must be. In several rounds, everything is checked and then deleted
/// after each one: memory that is held for what is stored goes with it, and what stays and grows from round to round would be a leak.
/// </summary>
internal sealed class FuzzRun(HttpClient client, ulong seed, Func<double>? memoryMiB = null, int rounds = 1)
{
    /// <summary>How often memory is sampled in a run.</summary>
    internal const int Samples = 60;

    private const int Connections = 8;
    private const int FailuresKept = 100;
    private readonly ConcurrentDictionary<string, int> _statuses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, double> _seconds = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Dictionary<string, long[]> _counted = FuzzSeeds.Models.ToDictionary(
        model => model.Name,
        _ => new long[3],
        StringComparer.Ordinal
    );
    private readonly List<double> _memory = [];
    private readonly List<double> _emptiedMemory = [];
    private int _failureCount;
    private int _sent;

    public async Task<FuzzReport> RunAsync(int requests)
    {
        var source = new FuzzRequests(seed);
        var step = Math.Max(1, requests / Samples);
        for (var round = 1; round <= rounds; round++)
        {
            await DeclareModelsAsync();
            await SendManyAsync(source, (int)((long)requests * round / rounds), step);
            await CheckReadsAsync();
            await CheckCountersAsync();
            if (rounds == 1)
                break;
            await DeleteModelsAsync();
            if (memoryMiB is not null)
                _emptiedMemory.Add(memoryMiB());
        }

        return new FuzzReport(_sent, _statuses, _seconds, [.. _failures], _failureCount, _memory, _emptiedMemory);
    }

    private async Task DeclareModelsAsync()
    {
        foreach (var (name, body) in FuzzSeeds.Models)
        {
            Array.Clear(_counted[name]);
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var made = await client.PutAsync(new Uri($"/v1/models/{name}", UriKind.Relative), content);
            if (!made.IsSuccessStatusCode)
                Fail($"{name} could not be declared: {await made.Content.ReadAsStringAsync()}");
        }
    }

    private Task SendManyAsync(FuzzRequests source, int until, int step)
    {
        var gate = new Lock();
        return Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (true)
                        {
                            FuzzRequest request;
                            lock (gate)
                            {
                                if (_sent == until)
                                    return;
                                if (_sent++ % step == 0 && memoryMiB is not null)
                                    _memory.Add(memoryMiB());
                                request = source.Next();
                            }

                            await SendAsync(request);
                        }
                    })
                )
        );
    }

    private async Task DeleteModelsAsync()
    {
        var models = Parse(await client.GetByteArrayAsync(new Uri("/v1/models", UriKind.Relative)))!.Value.GetProperty("models");
        foreach (var model in models.EnumerateArray())
        {
            var name = model.GetProperty("name").GetString()!;
            using var deleted = await client.DeleteAsync(new Uri($"/v1/models/{Uri.EscapeDataString(name)}", UriKind.Relative));
            if (!deleted.IsSuccessStatusCode)
                Fail($"{name} could not be deleted: {await deleted.Content.ReadAsStringAsync()}");
        }
    }

    private async Task SendAsync(FuzzRequest request)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var message = request.Message();
            using var response = await client.SendAsync(message);
            var body = await response.Content.ReadAsByteArrayAsync();
            _statuses.AddOrUpdate($"{request.Kind} {(int)response.StatusCode}", 1, (_, count) => count + 1);
            if ((int)response.StatusCode >= 500 && !(response.StatusCode == HttpStatusCode.ServiceUnavailable && CodeOf(body) is not null))
                Fail($"{(int)response.StatusCode} {Encoding.UTF8.GetString(body)} <- {request}");
            if (request.Counts is not null)
                Count(request.Counts, body);
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            _seconds.AddOrUpdate(request.Kind, took, (_, sum) => sum + took);
        }
        catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
        {
            Fail($"{broken.Message} <- {request}");
        }
    }

    private void Count(string model, byte[] body)
    {
        if (
            !_counted.TryGetValue(model, out var counts)
            || Parse(body) is not { ValueKind: JsonValueKind.Object } answer
            || !answer.TryGetProperty("accepted", out var accepted)
        )
        {
            return;
        }

        Interlocked.Add(ref counts[0], accepted.GetInt64());
        Interlocked.Add(ref counts[1], answer.GetProperty("duplicates").GetInt64());
        Interlocked.Add(ref counts[2], answer.GetProperty("rejected_count").GetInt64());
    }

    // What was written must not break what is read, ever after.
    private async Task CheckReadsAsync()
    {
        foreach (var (model, _) in FuzzSeeds.Models)
        {
            foreach (
                var path in FuzzSeeds.Reads.Where(path =>
                    !path.Contains("{q}", StringComparison.Ordinal) && !path.EndsWith("/reference", StringComparison.Ordinal)
                )
            )
            {
                using var response = await client.GetAsync(new Uri(path.Replace("{m}", model, StringComparison.Ordinal), UriKind.Relative));
                if (!response.IsSuccessStatusCode)
                    Fail($"afterwards {path} of {model} answers {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }
    }

    private async Task CheckCountersAsync()
    {
        foreach (var (model, counts) in _counted)
        {
            JsonElement progress = default;
            var (least, still) = (long.MaxValue, 0);
            // A machine with other work may take longer to store what it has acknowledged; a minute in which nothing more is stored is a
            // failure.
            while (still < 600)
            {
                progress = Parse(await client.GetByteArrayAsync(new Uri($"/v1/models/{model}/progress", UriKind.Relative)))!.Value;
                var waiting = progress.GetProperty("spool").GetInt64();
                if (waiting == 0)
                    break;
                (least, still) = waiting < least ? (waiting, 0) : (least, still + 1);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            var server = (
                Stored: progress.GetProperty("stored").GetInt64(),
                Duplicates: progress.GetProperty("duplicates").GetInt64(),
                Rejected: progress.GetProperty("rejected").GetInt64()
            );
            var answers = (counts[0], counts[1], counts[2]);
            if (server != answers || progress.GetProperty("received").GetInt64() != counts.Sum())
            {
                Fail(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{model}: stored, duplicates, rejected are {server}, the answers said {answers}; {progress}"
                    )
                );
            }
        }
    }

    private static string? CodeOf(byte[] body) =>
        Parse(body) is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("code", out var code)
            ? code.GetString()
            : null;

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Fail(string what)
    {
        if (Interlocked.Increment(ref _failureCount) <= FailuresKept)
            _failures.Enqueue(what);
    }
}
