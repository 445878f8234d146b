using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Server.Hosting;

namespace Plumbline.Bench;

/// <summary>The real server in this process, on a free port and an empty folder that is removed afterwards.</summary>
public sealed class BenchHost : IAsyncDisposable
{
    private static int _started;

    private readonly WebApplication _app;
    private readonly string _folder;

    private BenchHost(WebApplication app, string folder) => (_app, _folder) = (app, folder);

    public HttpClient Client { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<BenchHost> StartAsync()
    {
        // A folder of its own for each: connections to a file that was removed are kept for a while.
        var folder = Path.Combine(Path.GetTempPath(), $"plumbline-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _started)}");
        var app = PlumblineHost.Build(new PlumblineOptions { DataDirectory = folder, Urls = "http://127.0.0.1:0" });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new BenchHost(app, folder) { Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address) } };
    }

    /// <summary>Median of some timed runs after one that is not counted, in milliseconds.</summary>
    public static async Task<double> MedianMsAsync(Func<Task> action, int runs = 9)
    {
        await action();
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await action();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return times[runs / 2];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
