namespace Plumbline.Registry.Storage;

/// <summary>
/// Looks every few seconds whether the data folder still takes writes and has room: a small file is written, put on the disk and deleted.
/// What it finds is told by /readyz, the health page and the log, which need no disk.
/// </summary>
public sealed class StorageWatch(
    StorageState state,
    InstanceOptions options,
    FailureLog failures,
    TimeProvider time,
    ILogger<StorageWatch> log
) : BackgroundService
{
    /// <summary>Less free than this is reported: what is in the spool must still find room in the engine.</summary>
    public const long LeastFreeBytes = 256L << 20;

    private const int ProbeBytes = 64 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Look();
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        var before = state.Snapshot.Problem;
        try
        {
            Probe(options.DataDirectory);
            var free = new DriveInfo(Path.GetFullPath(options.DataDirectory)).AvailableFreeSpace;
            state.Wrote(
                free,
                free < LeastFreeBytes
                    ? $"only {free >> 20} MiB are free where {options.DataDirectory} lies: free some, or move the data folder"
                    : null
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            state.Failed($"{StorageFailure.Describe(error) ?? error.Message} ({options.DataDirectory}): {StorageFailure.Advice}");
        }

        var now = state.Snapshot.Problem;
        if (now is not null && failures.IsDue("storage"))
            log.NothingStored(now);
        else if (now is null && before is not null)
            log.WritesAgain();
    }

    private static void Probe(string folder)
    {
        var path = Path.Combine(folder, ".probe");
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
                BufferSize = 0,
            }
        );
        file.Write(new byte[ProbeBytes]);
        file.Flush(flushToDisk: true);
    }
}
