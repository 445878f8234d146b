using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Plumbline.Server.Hosting;

/// <summary>
/// Whether the server may be given work: it has started, which opens both stores and the spool, does not stop, and every part that
/// registered a health check is well.
/// </summary>
/// <remarks>Anybody may ask, as often as they like: the parts are asked once a second at most.</remarks>
internal sealed class Readiness(HealthCheckService checks, IHostApplicationLifetime lifetime, TimeProvider time) : IDisposable
{
    /// <summary>How long an answer stands.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    /// <summary>A part that takes longer than this is not well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _problem;
    private long? _askedAt;

    /// <summary>What is wrong, in words that tell a stranger nothing about this installation; null when it is ready.</summary>
    internal async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return "it is starting";
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return "it is stopping";
        await _one.WaitAsync(cancellation);
        try
        {
            if (_askedAt is not { } at || time.GetElapsedTime(at) >= Age)
            {
                _problem = await AskAsync();
                _askedAt = time.GetTimestamp();
            }
            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // Not ended with the request that came first: the others wait for the same answer.
    private async Task<string?> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var report = await checks.CheckHealthAsync(patience.Token);
            var unwell = report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy).ToList();
            return unwell.Count == 0
                ? null
                : string.Join("; ", unwell.Select(entry => entry.Value.Description ?? $"{entry.Key} is not well"));
        }
        catch (OperationCanceledException)
        {
            return $"a part did not answer within {Patience.TotalSeconds:0} seconds";
        }
    }
}
