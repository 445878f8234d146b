using System.Globalization;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Demo;

/// <summary>What `demo` does: a server of its own with the sample beside it, until it is told to stop.</summary>
public static class DemoRun
{
    public static async Task<ExitCode> RunAsync(DemoSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var assembly = SampleLocation.Find(AppContext.BaseDirectory);
        using var folder = DemoFolder.Open(settings.DataDirectory, Path.GetTempPath(), time);
        var options = ServerConfiguration.Read(settings.ConfigurationFile, folder.FullPath, settings.Urls) with { IsDemo = true };
        if (options.Access.Keys.Count > 0)
            throw new CommandLineException(ExitCode.ConfigurationInvalid, "the demonstration has no key to post with: use a configuration without access.keys");
        var earlier = DemoStory.Read(folder.FullPath);
        await using var app = PlumblineHost.Build(options, time);
        await app.StartAsync(cancellation);
        await terminal.Output.WriteLineAsync($"Plumbline starts on {string.Join(" and ", app.Urls)}; data in {folder.FullPath}{(folder.IsTemporary ? " (removed at the end; --data DIR keeps it)" : "")}");
        if (earlier is not null) await terminal.Output.WriteLineAsync($"Going on with the story that is there (seed {earlier.Seed}, {earlier.Days} days); --seed and --days are of no effect.");

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, app.Lifetime.ApplicationStopping);
        var conducting = ConductAsync(app, assembly, settings, earlier, folder.FullPath, terminal, began, stopping.Token);
        var running = app.WaitForShutdownAsync(cancellation);
        try
        {
            if (await Task.WhenAny(running, conducting) == conducting) await conducting;
            await running;
        }
        finally
        {
            await stopping.CancelAsync();
            await conducting.ContinueWith(_ => { }, TaskScheduler.Default);
            await app.StopAsync(CancellationToken.None);
        }

        return ExitCode.Ok;
    }

    private static async Task ConductAsync(WebApplication app, string assembly, DemoSettings settings, DemoStory? earlier, string folder, Terminal terminal, long began, CancellationToken cancellation)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var address = new Uri(app.Urls.First().Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal).Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal));
        await using var process = SampleProcess.Start(assembly, Switches(settings, earlier, address, time));
        using var toSample = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await process.ListeningAsync(time, cancellation), Timeout = Timeout.InfiniteTimeSpan };
        using var toServer = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        var conductor = new DemoConductor(new ServerConnection(toServer, apiKey: null, time), new SampleClient(toSample), app.Services.GetRequiredService<DemoState>(), folder, terminal, time);
        try
        {
            await conductor.PrepareAsync(earlier, cancellation);
            await terminal.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"Ready after {time.GetElapsedTime(began).TotalSeconds:0.0} s: open {address.GetLeftPart(UriPartial.Authority)}   (Ctrl-C stops)"));
            if (!settings.Live) return;
            await terminal.Output.WriteLineAsync($"Live traffic goes through the model service at {toSample.BaseAddress} and is denser than the history, so that pages move while you look.");
            var live = conductor.LiveAsync(cancellation);
            if (await Task.WhenAny(live, process.Ended) == live) await live;
            if (!cancellation.IsCancellationRequested) await terminal.Error.WriteLineAsync($"The model service has ended with code {await process.Ended}; the server goes on without live traffic.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop, at whatever point: nothing is left to do.
        }
        catch (HttpRequestException broken) when (process.Ended.IsCompleted)
        {
            throw new CommandLineException(ExitCode.Failure, $"the demonstration's model service ended with code {await process.Ended}. It said:{Environment.NewLine}{process.LastLines()}", broken);
        }
    }

    private static IEnumerable<string> Switches(DemoSettings settings, DemoStory? earlier, Uri address, TimeProvider time) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--plumbline", address.AbsoluteUri,
        "--seed", (earlier?.Seed ?? settings.Seed).ToString(CultureInfo.InvariantCulture),
        "--days", (earlier?.Days ?? settings.Days).ToString(CultureInfo.InvariantCulture),
        "--anchor", (earlier?.Anchor ?? time.GetUtcNow()).ToString("O", CultureInfo.InvariantCulture),
    ];
}
