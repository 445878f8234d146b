using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics;

namespace Plumbline.Monitoring.Drift;

/// <summary>Compares every feature, and the model's answers, with the reference; those of a segment with its own rows of it.</summary>
public sealed class DriftCalculator : IProfileCalculator
{
    private static readonly IReadOnlyList<DriftMeasure> Measures = DriftMeasure.All;

    public IReadOnlyList<MetricDefinition> Metrics => DriftMetrics.All;

    public void Calculate(ScopeProfiles profiles, MetricSink sink)
    {
        foreach (var (feature, profile) in profiles.Features)
        {
            if (profiles.FindCompared(feature) is not { } baseline || baseline.Profile.Present == 0)
                continue;
            if (profile.Present == 0)
            {
                // A feature that vanished is not "no drift": the point says that nothing can be compared.
                foreach (var measure in Measures.Where(measure => measure.AppliesTo(baseline)))
                    sink.Add(measure.Definition.Name, Estimate.Insufficient(baseline.Profile.Present, 0, "no present value"), feature);
                continue;
            }

            if (baseline.IsNearIdentifier)
            {
                foreach (var measure in Measures.Where(measure => measure.AppliesTo(baseline)))
                {
                    sink.Add(
                        measure.Definition.Name,
                        Estimate.Undefined(baseline.Profile.Present, profile.Present, FeatureBaseline.NearIdentifier),
                        feature
                    );
                }

                continue;
            }

            var comparison = new FeatureComparison(baseline, profile);
            foreach (var measure in Measures)
            {
                if (!measure.AppliesTo(baseline))
                    continue;
                sink.AddGuarded(
                    measure.Definition.Name,
                    feature,
                    () =>
                    {
                        var value = measure.Compare(comparison);
                        return (value.Estimate, value.PValue);
                    }
                );
            }
        }
    }
}
