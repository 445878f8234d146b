using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Health;

/// <summary>How one layer of a model stands.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="State">See <see cref="LayerStates"/> for what makes each state.</param>
/// <param name="Reason">One line: what fires, else the layer's main number, else why it cannot be judged.</param>
/// <param name="Feature">The feature that the reason begins with, if it speaks of one.</param>
/// <param name="IncidentId">The worst open incident behind the state; null when none is.</param>
public sealed record LayerHealth(MetricLayer Layer, HealthState State, string Reason, string? Feature = null, long? IncidentId = null);
