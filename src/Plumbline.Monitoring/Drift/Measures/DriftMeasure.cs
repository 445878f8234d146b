using System.Reflection;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics;
using Plumbline.Statistics.Binning;

namespace Plumbline.Monitoring.Drift.Measures;

/// <summary>
/// One way to say how far a feature's current distribution is from its reference. A new measure is one new file in Measures/.
/// </summary>
/// <param name="Definition">Its entry in the catalogue.</param>
/// <param name="Compare">The comparison; called only for features that the measure applies to.</param>
/// <param name="NumericOnly">True when the measure needs an order of the values.</param>
public sealed record DriftMeasure(MetricDefinition Definition, Func<FeatureComparison, DriftValue> Compare, bool NumericOnly = false)
{
    /// <summary>Its entry in the catalogue. A distance between 0 and 1 is quoted as a number, not in percent.</summary>
    public MetricDefinition Definition { get; } =
        Definition with
        {
            IsPerFeature = true,
            ChartUnit = Definition.Unit == "share" ? "" : Definition.Unit,
        };

    /// <summary>Every measure of this folder, by name: a class with a static property of this type is one.</summary>
    public static IReadOnlyList<DriftMeasure> All { get; } =
    [
        .. typeof(DriftMeasure)
            .Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(DriftMeasure).Namespace)
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(property => property.PropertyType == typeof(DriftMeasure))
            .Select(property => (DriftMeasure)property.GetValue(null)!)
            .OrderBy(measure => measure.Definition.Name, StringComparer.Ordinal),
    ];

    /// <summary>False for a measure of numbers and a feature of categories.</summary>
    public bool AppliesTo(FeatureBaseline baseline) => baseline.IsNumeric || !NumericOnly;
}

/// <summary>A distance or statistic, with the p-value where the measure is a test.</summary>
public readonly record struct DriftValue(Estimate Estimate, double? PValue = null)
{
    public static DriftValue Of(TestResult test) => new(test.ToEstimate(), test.PValue);
}

/// <summary>A feature's reference and current counts on the same bins, prepared once for all measures.</summary>
public sealed class FeatureComparison
{
    public FeatureComparison(FeatureBaseline baseline, FeatureProfile current)
    {
        Baseline = baseline;
        Current = current;
        (Reference, Observed) = baseline.IsNumeric
            ? Deciles(baseline, current)
            : CategoryBins.WithoutEmptyCollective(baseline.Profile.Bins, current.Bins);
    }

    public FeatureBaseline Baseline { get; }

    public FeatureProfile Current { get; }

    /// <summary>The reference's counts per decile, or per category.</summary>
    public ulong[] Reference { get; }

    /// <summary>The current counts in the bins of <see cref="Reference"/>.</summary>
    public ulong[] Observed { get; }

    private static (ulong[] Reference, ulong[] Observed) Deciles(FeatureBaseline baseline, FeatureProfile current)
    {
        var deciles = baseline.DecileIndices.AsSpan();
        return PercentileEdges.WithoutEmptyAboveAtoms(
            baseline.Edges.AsSpan(),
            deciles,
            PercentileEdges.ToDeciles(baseline.Profile.Bins, deciles),
            PercentileEdges.ToDeciles(current.Bins, deciles)
        );
    }
}
