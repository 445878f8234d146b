using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Cli;

/// <summary>What `serve` and `check-config` do.</summary>
public static class ServerRuns
{
    /// <summary>Runs the server until it is told to stop.</summary>
    public static async Task<ExitCode> ServeAsync(ServeSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var options = ServerConfiguration.Read(settings.ConfigurationFile, settings.DataDirectory, settings.Urls, settings.Role) with
        {
            EndsWithProcess = true,
        };
        await using var app = PlumblineHost.Build(options);
        await PlumblineHost.OpenDataAsync(app, cancellation);
        await app.StartAsync(cancellation);
        foreach (var url in app.Urls)
            await terminal.Output.WriteLineAsync($"Plumbline listens on {url}, data in {Path.GetFullPath(options.DataDirectory)}");
        await app.WaitForShutdownAsync(cancellation);
        return ExitCode.Ok;
    }

    /// <summary>Reads the configuration and says what it comes to.</summary>
    public static async Task<ExitCode> CheckConfigAsync(CheckConfigSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        var options = ServerConfiguration.Read(settings.ConfigurationFile);
        await terminal.Output.WriteLineAsync(
            (
                $"{settings.ConfigurationFile}: ok. Listens on {options.Urls}; data in {Path.GetFullPath(options.DataDirectory)}; "
                + $"state in {options.StatePlace.Name}; {options.Access.Keys.Count} API keys."
            ).AsMemory(),
            cancellation
        );
        return ExitCode.Ok;
    }
}
