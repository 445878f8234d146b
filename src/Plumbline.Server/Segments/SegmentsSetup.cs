using Plumbline.Server.Metrics;

namespace Plumbline.Server.Segments;

/// <summary>For whom a model does its job and for whom it does not.</summary>
public static class SegmentsSetup
{
    public static IServiceCollection AddSegments(this IServiceCollection services) => services.AddSingleton<MetricTotals>().AddSingleton<SegmentTableReader>().AddSingleton<ChangeReader>();
}
