using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Causes;

/// <summary>
/// What the server has stored that may point to a cause. Kinds of causes read here and nowhere else: their words need no store.
/// </summary>
public sealed class CauseEvidence(MetricPointStore points, FeatureRelevance relevance)
{
    /// <summary>Metric points of a model.</summary>
    public Task<IReadOnlyList<MetricPoint>> PointsAsync(ModelDefinition model, MetricQuery query, CancellationToken cancellation) =>
        points.ReadAsync(model, query, cancellation);

    /// <summary>The association of features with the answers, 0..1; features of which it is not known are not in it.</summary>
    public Task<IReadOnlyDictionary<string, double>> WeightsAsync(
        ModelDefinition model,
        IEnumerable<string> features,
        CancellationToken cancellation
    ) => relevance.ReadAsync(model, features, cancellation);
}
