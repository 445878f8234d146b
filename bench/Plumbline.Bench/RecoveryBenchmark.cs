using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Plumbline.Bench;

/// <summary>
/// How long a server with many predictions takes from its start to /readyz after it was killed while it was being posted to.
/// </summary>
internal static class RecoveryBenchmark
{
    private const string Model = "bench";
    private const int Kills = 3;

    public static async Task<int> RunAsync(int millions)
    {
        await using var server = await ServerProcess.StartAsync(5303);
        using var created = await server.Client.PutAsJsonAsync(
            $"/v1/models/{Model}",
            new
            {
                task = "binary",
                classes = new[] { "0", "1" },
                positive_class = "1",
            }
        );
        created.EnsureSuccessStatusCode();
        var load = new EventLoad(server.Address, Model, rowsPerPost: 1_000, connections: 4, rowsPerSecond: 60_000);
        while (load.Acknowledged < millions * 1_000_000L)
        {
            await load.RunAsync(TimeSpan.FromSeconds(10));
            await server.WaitUntilStoredAsync();
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            var posting = load.RunAsync(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromSeconds(3 + kill), TimeProvider.System);
            var waiting = server.ReadCounters();
            var ready = await server.KillAndRestartAsync();
            try
            {
                await posting;
            }
            catch (Exception broken) when (broken is IOException or System.Net.Sockets.SocketException)
            {
                // The connections went with the process.
            }

            var watch = Stopwatch.StartNew();
            await server.WaitUntilStoredAsync();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{load.Acknowledged:N0} acknowledged, {waiting.Received - waiting.Stored:N0} of them in the spool when it was killed: "
                        + $"ready after {ready.TotalSeconds:N1} s, all stored {watch.Elapsed.TotalSeconds:N1} s later "
                        + $"({server.ReadCounters().Stored:N0})"
                )
            );
        }

        return 0;
    }
}
