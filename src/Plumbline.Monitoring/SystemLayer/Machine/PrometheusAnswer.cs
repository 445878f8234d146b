namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>A series as a Prometheus gave it.</summary>
/// <param name="Labels"><c>pod="a",zone="b"</c>; empty when it has none.</param>
/// <param name="Samples">Values by time, ascending; what is no number or blank is not among them.</param>
public sealed record PrometheusSeries(string Labels, IReadOnlyList<(DateTimeOffset At, double Value)> Samples);

/// <summary>What a query gave.</summary>
/// <param name="Series">The series; empty when there are none, or it failed.</param>
/// <param name="Problem">Why it cannot be used, in words; null when it can.</param>
/// <param name="Warning">What the Prometheus warned of; null for nothing.</param>
public sealed record PrometheusAnswer(IReadOnlyList<PrometheusSeries> Series, string? Problem, string? Warning)
{
    internal static PrometheusAnswer Failed(string problem) => new([], problem, null);
}
