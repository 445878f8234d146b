using System.Globalization;
using Plumbline.Dashboard.Demo;
using Plumbline.Registry.Access;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;
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
        var options = ServerConfiguration.Read(settings.ConfigurationFile, folder.FullPath, settings.Urls) with
        {
            IsDemo = true,
            EndsWithProcess = true,
        };
        RefuseKeys(options);
        // It posts to itself, and goes on when somebody makes an account.
        var key = KeyStore.NewKey();
        var secret = KeyStore.NewKey();
        var (scenario, goesOn) = ScenarioOf(folder, settings, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Where the address is known before the server listens there, the model service trains while the server starts.
        await using var early = KnownAddress(options.Urls) is { } known
            ? StartSample(assembly, folder.FullPath, scenario, known, (key, secret), terminal, stopping.Token)
            : null;
        await using var app = PlumblineHost.Build(options, time);
        app.Services.GetRequiredService<KeyStore>().UseOwn("demonstration", key, ApiRole.Admin);
        await PlumblineHost.OpenDataAsync(app, cancellation);
        await app.StartAsync(cancellation);
        await SayStartAsync(app, folder, scenario, goesOn, terminal);
        using var whenStopping = app.Lifetime.ApplicationStopping.Register(stopping.Cancel);
        var address = new Uri(OnThisMachine(app.Urls.First()));
        var process = early ?? StartSample(assembly, folder.FullPath, scenario, address, (key, secret), terminal, stopping.Token);
        var conducting = ConductAsync(
            app,
            address,
            (key, secret),
            process,
            settings,
            scenario,
            folder.FullPath,
            terminal,
            began,
            stopping.Token
        );
        var running = app.WaitForShutdownAsync(cancellation);
        try
        {
            if (await Task.WhenAny(running, conducting) == conducting)
                await conducting;
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

    private static async Task SayStartAsync(WebApplication app, DemoFolder folder, DemoScenario scenario, bool goesOn, Terminal terminal)
    {
        await terminal.Output.WriteLineAsync(
            $"Plumbline starts on {string.Join(" and ", app.Urls)}; "
                + $"data in {folder.FullPath}{(folder.IsTemporary ? " (removed at the end; --data DIR keeps it)" : "")}"
        );
        if (!goesOn)
            return;
        await terminal.Output.WriteLineAsync(
            $"Going on with the scenario there (seed {scenario.Seed}, {scenario.Days} days); --seed and --days are of no effect."
        );
    }

    private static void RefuseKeys(PlumblineOptions options)
    {
        if (options.Access.Keys.Count > 0)
        {
            throw new CommandLineException(
                ExitCode.ConfigurationInvalid,
                "the demonstration takes no keys of a configuration: use one without access.keys; it can have accounts"
            );
        }
    }

    /// <summary>The scenario that the folder tells already, or the beginning of one, written down before anything else is.</summary>
    /// <exception cref="CommandLineException">The folder holds something that is no demonstration.</exception>
    internal static (DemoScenario Scenario, bool GoesOn) ScenarioOf(DemoFolder folder, DemoSettings settings, TimeProvider time)
    {
        if (DemoScenario.Read(folder.FullPath) is { } earlier)
            return (earlier, true);
        if (!folder.IsTemporary && Directory.EnumerateFileSystemEntries(folder.FullPath).Any())
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"{folder.FullPath} is not empty and holds no demonstration: generated data would be mixed with what is there. "
                    + "Choose another folder."
            );
        }

        var scenario = new DemoScenario
        {
            Seed = settings.Seed,
            Days = settings.Days,
            Anchor = settings.Until ?? time.GetUtcNow(),
        };
        scenario.Write(folder.FullPath);
        return (scenario, false);
    }

    private static async Task ConductAsync(
        WebApplication app,
        Uri address,
        (string Key, string Secret) shared,
        SampleProcess process,
        DemoSettings settings,
        DemoScenario scenario,
        string folder,
        Terminal terminal,
        long began,
        CancellationToken cancellation
    )
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        await using var ending = process;
        using var toSample = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = await process.ListeningAsync(time, cancellation),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using var toServer = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address };
        var (server, sample) = (new ServerConnection(toServer, shared.Key, time), new SampleClient(toSample));
        var conductor = new DemoConductor(server, sample, app.Services.GetRequiredService<DemoState>(), folder, terminal, time);
        try
        {
            await conductor.PrepareAsync(scenario, settings.Until, cancellation);
            await terminal.Output.WriteLineAsync(Ready(time.GetElapsedTime(began), address));
            if (!settings.Live)
                return;
            var turning = TurnAsync(
                new DemoLoop(server, sample, toSample.BaseAddress, shared.Secret, terminal, time),
                terminal,
                cancellation
            );
            await LiveAsync(conductor, process, toSample.BaseAddress, terminal, cancellation);
            await turning;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop, at whatever point: nothing is left to do.
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // Ctrl-C reaches both processes, and the other one may have heard it first.
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), time, cancellation));
            if (cancellation.IsCancellationRequested)
                return;
            if (!process.Ended.IsCompleted)
                throw;
            throw new CommandLineException(
                ExitCode.Failure,
                $"the demonstration's model service ended with code {await process.Ended}. "
                    + $"It said:{Environment.NewLine}{process.LastLines()}",
                broken
            );
        }
    }

    // Whatever becomes of it, the demonstration goes on.
    private static async Task TurnAsync(DemoLoop loop, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            await loop.TurnAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or CommandLineException)
        {
            if (!cancellation.IsCancellationRequested)
                await terminal.Error.WriteLineAsync($"The loop was not turned: {broken.Message}");
        }
    }

    private static async Task LiveAsync(
        DemoConductor conductor,
        SampleProcess process,
        Uri sample,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        await terminal.Output.WriteLineAsync(
            $"Live traffic goes through the model service at {sample} and is denser than the history, "
                + "so that pages move while you look."
        );
        var living = conductor.LiveAsync(cancellation);
        if (await Task.WhenAny(living, process.Ended) == living)
            await living;
        if (!cancellation.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync(
                $"The model service has ended with code {await process.Ended}; the server goes on without live traffic."
            );
        }
    }

    // Null for a port that the system is yet to give, and for a host that is a pattern.
    private static Uri? KnownAddress(string urls) =>
        Uri.TryCreate(OnThisMachine(urls.Split(';')[0]), UriKind.Absolute, out var address) && address.Port > 0 ? address : null;

    // Where this machine reaches a server that listens on all of its addresses.
    private static string OnThisMachine(string url) =>
        url.Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal).Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal);

    private static SampleProcess StartSample(
        string assembly,
        string folder,
        DemoScenario scenario,
        Uri address,
        (string Key, string Secret) shared,
        Terminal terminal,
        CancellationToken cancellation
    ) =>
        SampleProcess.Start(
            assembly,
            [.. Switches(scenario, address), "--releases", Path.Combine(folder, "releases")],
            line =>
            {
                if (!cancellation.IsCancellationRequested)
                    terminal.Error.WriteLine($"model service: {line}");
            },
            shared
        );

    private static IEnumerable<string> Switches(DemoScenario scenario, Uri address) =>
        [
            "--urls",
            "http://127.0.0.1:0",
            "--plumbline",
            address.AbsoluteUri,
            "--seed",
            scenario.Seed.ToString(CultureInfo.InvariantCulture),
            "--days",
            scenario.Days.ToString(CultureInfo.InvariantCulture),
            "--anchor",
            scenario.Anchor.ToString("O", CultureInfo.InvariantCulture),
        ];

    private static string Ready(TimeSpan took, Uri address) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Ready after {took.TotalSeconds:0.0} s: open {address.GetLeftPart(UriPartial.Authority)}   (Ctrl-C stops)"
        );
}
