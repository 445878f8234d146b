using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>Waits until the server has stored what it acknowledged and computed every closed window that it touches.</summary>
internal sealed class ComputationWait(ServerConnection server, Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(5);

    /// <summary>False when <paramref name="limit"/> passed first.</summary>
    public async Task<bool> RunAsync(string model, TimeSpan limit, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var said = began;
        while (true)
        {
            var progress = await server.ReadProgressAsync(model, cancellation);
            var spool = progress["spool"]?.GetValue<long>() ?? 0;
            var windows = progress["pending_windows"]?.GetValue<long>() ?? 0;
            if (spool == 0 && windows == 0)
            {
                await terminal.Output.WriteLineAsync(
                    $"computed: every window, {time.GetElapsedTime(began).TotalSeconds:N1} s after the last row"
                );
                return true;
            }

            if (time.GetElapsedTime(began) > limit)
            {
                await terminal.Error.WriteLineAsync(
                    $"still {spool:N0} rows in the spool and {windows:N0} windows to compute after {limit.TotalSeconds:N0} s; "
                        + "the server goes on with them"
                );
                return false;
            }

            if (time.GetElapsedTime(said) > SayEvery)
            {
                said = time.GetTimestamp();
                await terminal.Output.WriteLineAsync($"waiting: {spool:N0} rows in the spool, {windows:N0} windows to compute");
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }
}
