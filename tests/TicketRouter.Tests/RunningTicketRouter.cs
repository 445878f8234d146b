using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace TicketRouter.Tests;

/// <summary>The sample in this process, on a port of its own.</summary>
public sealed class RunningTicketRouter : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningTicketRouter(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public static async Task<RunningTicketRouter> StartAsync(params string[] args)
    {
        var app = TicketRouterHost.Build(
            ["--urls", "http://127.0.0.1:0", "--anchor", "2026-03-20T09:00:00Z", .. args],
            TimeProvider.System
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningTicketRouter(app);
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
