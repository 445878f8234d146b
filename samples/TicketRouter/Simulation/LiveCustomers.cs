using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TicketRouter.Reporting;
using TicketRouter.Tickets;

namespace TicketRouter.Simulation;

/// <summary>The customers of now: they write tickets and send them to the service over its own HTTP surface.</summary>
public sealed class LiveCustomers(
    TicketTraffic traffic,
    FactCourier courier,
    IHttpClientFactory clients,
    IServer server,
    TicketRouterOptions options,
    TimeProvider time,
    ILogger<LiveCustomers> log
) : BackgroundService
{
    /// <summary>Tickets that may be on their way at once; further ones are not sent, and counted.</summary>
    public const int MaxInFlight = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly TaskCompletionSource _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _inFlight = new(MaxInFlight);
    private long _sent;
    private long _failed;
    private long _skipped;

    public bool Running => _start.Task.IsCompleted;
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Requests that got no answer of the service, by a fault of the release or otherwise.</summary>
    public long Failed => Interlocked.Read(ref _failed);
    public long Skipped => Interlocked.Read(ref _skipped);

    public void Start() => _start.TrySetResult();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _start.Task.WaitAsync(stoppingToken);
        var http = clients.CreateClient(nameof(LiveCustomers));
        http.BaseAddress = new Uri(
            server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
        );
        var next = time.GetUtcNow().ToUnixTimeSeconds();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            // After a pause of the machine the missed seconds are skipped: live means now.
            next = Math.Max(next, now - 60);
            for (; next < now; next++)
            {
                foreach (var ticket in traffic.Second(DateTimeOffset.FromUnixTimeSeconds(next)))
                    Send(http, ticket, stoppingToken);
            }
        }
    }

    private void Send(HttpClient http, SimulatedTicket simulated, CancellationToken ct)
    {
        if (!_inFlight.Wait(0, CancellationToken.None))
        {
            Interlocked.Increment(ref _skipped);
            return;
        }

        foreach (var truth in GroundTruthReport.Of(simulated))
            courier.Schedule(truth);
        _ = SendAsync();

        async Task SendAsync()
        {
            try
            {
                if (await AskAsync("/route") is { } queue && CustomerSignal.Of(simulated, queue, options.Seed) is { } signal)
                    courier.Schedule(signal);
                if (simulated.Ticket.HasOrder)
                    await AskAsync("/refund-risk");
                await AskAsync("/handling-time");
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                Interlocked.Increment(ref _failed);
                log.LogDebug(failure, "Ticket {Ticket} got no answer", simulated.Ticket.TicketId);
            }
            finally
            {
                _inFlight.Release();
            }
        }

        async Task<string?> AskAsync(string path)
        {
            using var response = await http.PostAsJsonAsync(path, simulated.Ticket, Json, ct);
            Interlocked.Increment(ref _sent);
            if (!response.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _failed);
                return null;
            }

            return
                (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).TryGetProperty("prediction", out var answer)
                && answer.ValueKind == JsonValueKind.String
                ? answer.GetString()
                : null;
        }
    }

    public override void Dispose()
    {
        _inFlight.Dispose();
        base.Dispose();
    }
}
