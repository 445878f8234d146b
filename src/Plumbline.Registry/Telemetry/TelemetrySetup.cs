namespace Plumbline.Registry.Telemetry;

/// <summary>What the server measures of itself.</summary>
public static class TelemetrySetup
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services.AddMetrics().AddSingleton<InstrumentReader>().AddHostedService<Start>();

    /// <summary>Adds the instruments of a capability; they are there from the start, before anything was measured.</summary>
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services)
        where T : CapabilityInstruments =>
        services.AddMetrics().AddSingleton<T>().AddSingleton<CapabilityInstruments>(provider => provider.GetRequiredService<T>());

    private sealed class Start(InstrumentReader reader, IEnumerable<CapabilityInstruments> instruments) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromResult((reader, instruments.Count()));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
