namespace Plumbline.Server.Tests.Processes;

/// <summary>A real Alertmanager that tells a webhook of everything, a second after it changed.</summary>
internal sealed class AlertmanagerProcess(RunningProgram program, string folder) : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public Uri Address => program.Address;

    /// <summary>Asks it.</summary>
    public HttpClient Http => program.Http;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="webhook">Address of the webhook.</param>
    /// <param name="groupBy">The label whose values are told apart in messages.</param>
    public static async Task<AlertmanagerProcess> StartAsync(string webhook, string groupBy)
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-alertmanager-").FullName;
        var configuration = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            route: { receiver: hook, group_by: [{{groupBy}}], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
            receivers:
            - name: hook
              webhook_configs: [ { url: '{{webhook}}', send_resolved: true } ]
            """
        );
        var program = RunningProgram.Start(
            InstalledProgram.Alertmanager,
            port =>
                [
                    $"--config.file={configuration}",
                    $"--storage.path={folder}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--cluster.listen-address=",
                ]
        );
        await program.ReadyAsync();
        return new AlertmanagerProcess(program, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
