using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>A request that somebody sent to us.</summary>
internal sealed record SunkRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string this[string header] => Headers.GetValueOrDefault(header, "");
}

/// <summary>A real HTTP server that keeps what it gets and answers what it is told to.</summary>
internal sealed class HttpSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SunkRequest> _requests = new();

    private HttpSink(WebApplication app) => _app = app;

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}/hook";

    public IReadOnlyList<SunkRequest> Requests => [.. _requests];

    /// <summary>What it answers; default 200 with nothing.</summary>
    public Func<SunkRequest, HttpResponse, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<HttpSink> StartAsync(int? port = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port ?? 0}");
        var app = builder.Build();
        var sink = new HttpSink(app);
        app.Run(sink.TakeAsync);
        await app.StartAsync();
        sink.Port = new Uri(app.Urls.Single()).Port;
        return sink;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new SunkRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()
        );
        _requests.Enqueue(request);
        await Answer(request, context.Response);
    }
}
