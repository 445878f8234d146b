using Plumbline.Registry.Models;
using Plumbline.Statistics.Trees;

namespace Plumbline.Monitoring.Samples;

/// <summary>Predictions with their features: all of a stretch, or a seeded sample of it. All lists are parallel.</summary>
public sealed class RowSample(IReadOnlyList<FeatureDefinition> features)
{
    private readonly List<double>?[] _numbers =
    [
        .. features.Select(feature => feature.Type == FeatureType.Categorical ? null : new List<double>()),
    ];
    private readonly List<string?>?[] _texts =
    [
        .. features.Select(feature => feature.Type == FeatureType.Categorical ? new List<string?>() : null),
    ];

    public int Rows => Versions.Count;

    public List<string> Versions { get; } = [];

    /// <summary>Values of the model's segment dimensions; empty for reference rows.</summary>
    public List<string?[]> Segments { get; } = [];

    /// <summary>The class answered; empty for regression.</summary>
    public List<string> Predictions { get; } = [];

    /// <summary>The number answered; NaN for classes.</summary>
    public List<double> PredictionValues { get; } = [];

    /// <summary>NaN where there is none.</summary>
    public List<double> Scores { get; } = [];

    public List<bool> HasGroundTruth { get; } = [];

    public List<string> GroundTruths { get; } = [];

    /// <summary>NaN where the ground truth is no number, or not known.</summary>
    public List<double> GroundTruthValues { get; } = [];

    internal void AddNumber(int feature, double value) => _numbers[feature]!.Add(double.IsFinite(value) ? value : double.NaN);

    internal void AddText(int feature, string? value) => _texts[feature]!.Add(value);

    /// <summary>The features as a table: numbers (booleans as 0 and 1; missing, infinite or mistyped as NaN) and categories.</summary>
    public FeatureTable ToTable()
    {
        var table = new FeatureTable(Rows);
        for (var i = 0; i < features.Count; i++)
        {
            table = _numbers[i] is { } numbers
                ? table.WithNumeric(features[i].Name, [.. numbers])
                : table.WithCategorical(features[i].Name, [.. _texts[i]!]);
        }

        return table;
    }

    /// <summary>Smallest and largest number of a feature, or null for categories and where none is present.</summary>
    public (double Low, double High)? RangeOf(int feature)
    {
        var present = _numbers[feature]?.Where(value => !double.IsNaN(value)).ToList();
        return present is { Count: > 0 } ? (present.Min(), present.Max()) : null;
    }

    /// <summary>The categories of a feature, or null for numbers.</summary>
    public HashSet<string>? CategoriesOf(int feature) => _texts[feature]?.OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The number at a row; NaN when missing or when the feature is categorical.</summary>
    public double NumberAt(int feature, int row) => _numbers[feature] is { } numbers ? numbers[row] : double.NaN;

    /// <summary>The category at a row; null when missing or when the feature is a number.</summary>
    public string? TextAt(int feature, int row) => _texts[feature]?[row];

    /// <summary>The given rows, in the given order.</summary>
    public RowSample Select(IReadOnlyList<int> rows)
    {
        var chosen = new RowSample(features);
        foreach (var row in rows)
        {
            chosen.Versions.Add(Versions[row]);
            chosen.Segments.Add(Segments[row]);
            chosen.Predictions.Add(Predictions[row]);
            chosen.PredictionValues.Add(PredictionValues[row]);
            chosen.Scores.Add(Scores[row]);
            chosen.HasGroundTruth.Add(HasGroundTruth[row]);
            chosen.GroundTruths.Add(GroundTruths[row]);
            chosen.GroundTruthValues.Add(GroundTruthValues[row]);
            for (var i = 0; i < features.Count; i++)
            {
                if (_numbers[i] is { } numbers)
                    chosen._numbers[i]!.Add(numbers[row]);
                else
                    chosen._texts[i]!.Add(_texts[i]![row]);
            }
        }

        return chosen;
    }
}
