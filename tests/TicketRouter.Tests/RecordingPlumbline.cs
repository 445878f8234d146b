using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TicketRouter.Tests;

/// <summary>The other end of the wire: takes events as the HTTP contract says, and keeps them.</summary>
public sealed class RecordingPlumbline : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _refusals;

    private RecordingPlumbline(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Model, string Kind, JsonElement Event)> Events { get; } = new();
    public Uri Url => new(_app.Urls.First());

    /// <summary>The status of every answer; null: as the contract says.</summary>
    public HttpStatusCode? Always { get; set; }

    /// <param name="refusals">This many posts are answered 429 or 503 before the first is taken.</param>
    public static async Task<RecordingPlumbline> StartAsync(int refusals = 0)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var recording = new RecordingPlumbline(app) { _refusals = refusals };
        app.MapPost("/v1/models/{model}/{kind}", recording.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return recording;
    }

    public List<JsonElement> Of(string model, string kind) =>
        [.. Events.Where(e => e.Model == model && e.Kind == kind).Select(e => e.Event)];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> TakeAsync(string model, string kind, HttpRequest request, HttpResponse response)
    {
        if (Always is { } status)
            return Results.Problem("as the test wants", statusCode: (int)status);
        var left = Interlocked.Decrement(ref _refusals);
        if (left >= 0)
        {
            response.Headers.RetryAfter = "0";
            return Results.StatusCode(left % 2 == 0 ? 429 : 503);
        }

        using var reader = new StreamReader(request.Body);
        var count = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            Events.Enqueue((model, kind, JsonDocument.Parse(line).RootElement));
            count++;
        }

        return Results.Json(
            new
            {
                accepted = count,
                duplicates = 0,
                rejected = Array.Empty<object>(),
            },
            statusCode: 202
        );
    }
}
