using System.Collections.Immutable;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Estimation;

/// <summary>Fits estimators on references.</summary>
public sealed class EstimatorFitting(RowSamples samples, IColumnStore store)
{
    /// <summary>Rows that a classifier's calibration is fitted on at most; more are sampled.</summary>
    public const int AnswerRows = 50_000;

    /// <summary>Rows that a regression's loss is learned from at most; more are sampled.</summary>
    public const int LossRows = 10_000;

    /// <summary>Fits on the labelled rows of a reference.</summary>
    internal Task<ModelEstimator> FitAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation) =>
        model.Task switch
        {
            ModelTask.Binary => FitBinaryAsync(model, baseline, cancellation),
            ModelTask.Multiclass => FitMulticlassAsync(model, baseline, cancellation),
            _ => FitRegressionAsync(model, baseline, cancellation),
        };

    private async Task<ModelEstimator> FitBinaryAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var sample = await samples.ReferenceAsync(model, baseline, [], AnswerRows, onlyLabelled: true, cancellation);
        var scored = Positions(sample, row => double.IsFinite(sample.Scores[row]));
        if (Gap(sample, scored) is { } gap)
            return gap;
        var positive = model.EffectivePositiveClass;
        var positives = scored.Count(row => sample.GroundTruths[row] == positive);
        if (positive is null || positives == 0 || positives == scored.Count)
            return Missing(EstimatorGap.OneClass, sample);
        return new ModelEstimator
        {
            LabelledRows = sample.Rows,
            Answers = new BinaryScoreEstimator(
                [.. scored.Select(row => sample.Scores[row])],
                [.. scored.Select(row => sample.GroundTruths[row])],
                positive
            ),
        };
    }

    private async Task<ModelEstimator> FitMulticlassAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var sample = await samples.ReferenceAsync(model, baseline, [], AnswerRows, onlyLabelled: true, cancellation);
        if (model.Classes.Length is >= 2 and <= ClassProbabilityEstimator.MostClasses)
        {
            var (probabilities, truths) = await ProbabilitiesAsync(model, baseline, cancellation);
            if (truths.Count >= EstimatorCatalog.LeastRows)
            {
                return new ModelEstimator
                {
                    LabelledRows = sample.Rows,
                    Answers = new ClassProbabilityEstimator(probabilities, truths, model.Classes),
                };
            }
        }

        var scored = Positions(sample, row => double.IsFinite(sample.Scores[row]));
        if (Gap(sample, scored) is { } gap)
            return gap;
        bool[] right = [.. scored.Select(row => sample.Predictions[row] == sample.GroundTruths[row])];
        if (right.Distinct().Count() < 2)
            return Missing(EstimatorGap.OneClass, sample);
        return new ModelEstimator
        {
            LabelledRows = sample.Rows,
            Answers = new ConfidenceEstimator([.. scored.Select(row => sample.Scores[row])], right),
        };
    }

    private async Task<ModelEstimator> FitRegressionAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var features = FeatureSelection.Of(model, baseline);
        var sample = await samples.ReferenceAsync(model, baseline, features.Features, LossRows, onlyLabelled: true, cancellation);
        var answered = Positions(
            sample,
            row => double.IsFinite(sample.PredictionValues[row]) && double.IsFinite(sample.GroundTruthValues[row])
        );
        if (Gap(sample, answered) is { } gap)
            return gap;
        return new ModelEstimator { LabelledRows = sample.Rows, Losses = new LossEstimator(sample.Select(answered), features) };
    }

    /// <summary>Probabilities of the declared classes, row by row, and what turned out to be true.</summary>
    internal async Task<(double[] Probabilities, List<string> Truths)> ProbabilitiesAsync(
        ModelDefinition model,
        Baseline baseline,
        CancellationToken cancellation
    )
    {
        var (source, parameters) = ReferenceSource.Of(model, baseline);
        var text = $$"""
            SELECT truth, arrayMap(c -> probabilities[c], {classes:Array(String)}) FROM ({{source}})
            WHERE length(probabilities) > 0 AND has({classes:Array(String)}, truth)
            ORDER BY sipHash64(id_hash, prediction_id, 'sample'), prediction_id LIMIT {limit:UInt32}
            """;
        var probabilities = new List<double>();
        var truths = new List<string>();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                text,
                [.. parameters, new("classes", (ImmutableArray<string>)model.Classes), new("limit", AnswerRows / model.Classes.Length)]
            ),
            cancellation
        );
        while (rows.Read())
        {
            var truth = rows.ReadString();
            var row = rows.ReadDoubleArray();
            if (!Array.TrueForAll(row, double.IsFinite))
                continue;
            truths.Add(truth);
            probabilities.AddRange(row);
        }

        return ([.. probabilities], truths);
    }

    private static ModelEstimator? Gap(RowSample sample, List<int> usable) =>
        sample.Rows == 0 ? Missing(EstimatorGap.NoGroundTruth, sample)
        : usable.Count == 0 ? Missing(EstimatorGap.NoScores, sample)
        : usable.Count < EstimatorCatalog.LeastRows ? Missing(EstimatorGap.TooFewRows, sample)
        : null;

    private static ModelEstimator Missing(EstimatorGap gap, RowSample sample) => new() { Gap = gap, LabelledRows = sample.Rows };

    private static List<int> Positions(RowSample sample, Func<int, bool> condition) =>
        [.. Enumerable.Range(0, sample.Rows).Where(condition)];
}
