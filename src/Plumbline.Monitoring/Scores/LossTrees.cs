using System.Collections.Immutable;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// The absolute error that a regression's answers usually have, by input and answer: boosted trees over the labelled reference, as in
/// direct loss estimation, but few and small ones, so that they fit into an expression that the engine evaluates for every prediction.
/// Large answers alone do not tell: some large ones are easy, and which ones the inputs know.
/// </summary>
/// <param name="Columns">What the splits look at.</param>
/// <param name="Trees">What they add to <paramref name="Mean"/>.</param>
/// <param name="Mean">The mean error of the reference.</param>
/// <param name="Largest">The largest error that is expected of a row of the reference.</param>
public sealed record LossTrees(ImmutableArray<LossColumn> Columns, ImmutableArray<LossTree> Trees, double Mean, double Largest)
{
    // Rows that the mean of all counts as in the mean of a category: a rare one says little.
    private const double PriorRows = 10;

    /// <summary>Categories of a feature that are told apart.</summary>
    private const int MostCategories = 200;

    /// <summary>Learns from labelled rows; null with too few.</summary>
    /// <param name="features">That <paramref name="labelled"/> was read with.</param>
    /// <param name="labelled">Rows with answer and ground truth.</param>
    internal static LossTrees? Fit(IReadOnlyList<FeatureDefinition> features, RowSample labelled)
    {
        int[] rows =
        [
            .. Enumerable
                .Range(0, labelled.Rows)
                .Where(row => double.IsFinite(labelled.PredictionValues[row]) && double.IsFinite(labelled.GroundTruthValues[row])),
        ];
        if (rows.Length < EstimatorCatalog.LeastRows)
            return null;
        double[] losses = [.. rows.Select(row => Math.Abs(labelled.PredictionValues[row] - labelled.GroundTruthValues[row]))];
        var mean = losses.Average();
        List<LossColumn> columns = [];
        List<double[]> values = [];
        for (var i = 0; i < features.Count; i++)
        {
            var means = features[i].Type == FeatureType.Categorical ? Means(labelled, i, rows, losses, mean) : null;
            columns.Add(LossColumn.Of(features[i], means, mean));
            values.Add([
                .. rows.Select(row =>
                    means is null ? labelled.NumberAt(i, row)
                    : labelled.TextAt(i, row) is { } text ? means.GetValueOrDefault(text, mean)
                    : double.NaN
                ),
            ]);
        }

        columns.Add(new LossColumn("prediction_value", null, 0));
        values.Add([.. rows.Select(row => labelled.PredictionValues[row])]);
        var (trees, expected) = LossTreeGrowing.Grow([.. values], losses);
        return new LossTrees([.. columns], trees, mean, expected.Max());
    }

    // The mean error of the most frequent categories, drawn to that of all.
    private static Dictionary<string, double> Means(RowSample labelled, int place, int[] rows, double[] losses, double mean) =>
        rows.Select((row, i) => (Text: labelled.TextAt(place, row), Loss: losses[i]))
            .Where(pair => pair.Text is not null)
            .GroupBy(pair => pair.Text!, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(MostCategories)
            .ToDictionary(
                group => group.Key,
                group => (group.Sum(pair => pair.Loss) + PriorRows * mean) / (group.Count() + PriorRows),
                StringComparer.Ordinal
            );
}

/// <summary>A column that splits look at.</summary>
/// <param name="Sql">Expression: Float64 (NaN missing) of a number, nullable text of a category.</param>
/// <param name="Categories">The numbers that categories count as; null for numbers.</param>
/// <param name="Unknown">What other categories count as.</param>
public sealed record LossColumn(string Sql, IReadOnlyDictionary<string, double>? Categories, double Unknown)
{
    internal static LossColumn Of(FeatureDefinition feature, IReadOnlyDictionary<string, double>? categories, double unknown) =>
        categories is null
            ? new(RarityFitting.NumberSql(feature), null, 0)
            : new($"CAST({feature.Column}, 'Nullable(String)')", categories, unknown);
}
