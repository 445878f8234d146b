using System.Collections.Immutable;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Trees;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// The absolute error that a regression's answers usually have, by input and answer: boosted trees over the labelled reference, as in
/// direct loss estimation, but few and small ones, so that they fit into an expression that the engine evaluates for every prediction.
/// Large answers alone do not tell: some large ones are easy, and which ones the inputs know.
/// </summary>
/// <param name="Columns">Expressions of the columns: Float64 (NaN missing) of a number, nullable text of a category.</param>
/// <param name="Trees">What they expect.</param>
/// <param name="Largest">The largest error that is expected of a row of the reference.</param>
public sealed record LossTrees(ImmutableArray<string> Columns, TreeDescription Trees, double Largest)
{
    private const string Answer = "@answer";

    // Forty trees of eight large leaves cannot learn single rows, and are no long text.
    private static readonly TreeOptions Options = new()
    {
        Objective = TreeObjective.SquaredError,
        Trees = 40,
        Leaves = 8,
        MinimumLeafRows = 40,
    };

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
        var sample = labelled.Select(rows);
        double[] answers = [.. sample.PredictionValues];
        double[] losses = [.. answers.Zip(sample.GroundTruthValues, (answer, truth) => Math.Abs(answer - truth))];
        var table = sample.ToTable().WithNumeric(Answer, answers);
        var fit = GradientBoostedTrees.Fit(table, losses, Options);
        return new LossTrees([.. features.Select(SqlOf), "prediction_value"], fit.Describe(), fit.Predict(table).Max());
    }

    private static string SqlOf(FeatureDefinition feature) =>
        feature.Type == FeatureType.Categorical ? $"CAST({feature.Column}, 'Nullable(String)')" : RarityFitting.NumberSql(feature);
}
