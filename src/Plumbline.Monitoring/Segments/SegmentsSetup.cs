using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.Segments;

/// <summary>For whom a model does its job and for whom it does not.</summary>
public static class SegmentsSetup
{
    public static IServiceCollection AddSegments(this IServiceCollection services) =>
        services.AddSingleton<MetricTotals>().AddSingleton<SegmentTableReader>().AddSingleton<ChangeReader>();
}
