using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Health;

/// <summary>What the rules say of a model now.</summary>
/// <param name="Firing">Streams that fire, without those of rules that are only tried out.</param>
/// <param name="Streams">How the streams over all rows of all versions stand, by layer.</param>
public sealed record RuleFindings(IReadOnlyList<FiringAlert> Firing, IReadOnlyList<LayerStreams> Streams)
{
    /// <summary>A model whose rules have not looked at anything yet.</summary>
    public static RuleFindings Nothing { get; } = new([], []);
}

/// <summary>So many streams of one metric stand in one way.</summary>
/// <param name="Layer">The layer that they speak of.</param>
/// <param name="Metric">What they watch.</param>
/// <param name="Status">How they stand.</param>
/// <param name="Count">How many.</param>
/// <param name="Reason">Why they cannot be judged, as one of them says it; null when they can.</param>
public sealed record LayerStreams(MetricLayer Layer, string Metric, StreamStatus Status, int Count, string? Reason);
