namespace TicketRouter;

/// <summary>
/// Ends the program when its standard input ends. A parent that holds the other end of the pipe thereby takes this process with it even
/// when it is killed, on every operating system and without a process id that might be another's by then.
/// </summary>
public sealed class StopWithStandardInput(IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: reading standard input cannot be cancelled, so it must hold nothing up.
        new Thread(Watch) { IsBackground = true, Name = "standard input" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[256];
        while (input.Read(buffer) > 0)
        {
            // Nothing is expected; only the end matters.
        }

        lifetime.StopApplication();
    }
}
