using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Performance;

namespace Plumbline.Monitoring.Performance;

/// <summary>The answers of a stretch of time against ground truth: what one number per window cannot show.</summary>
public sealed record OutcomePicture
{
    /// <summary>Predictions in scope, with or without ground truth.</summary>
    public required long Predictions { get; init; }

    /// <summary>Predictions with ground truth.</summary>
    public required long Labelled { get; init; }

    /// <summary>Order of the rows and columns of <see cref="Confusion"/>.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>[ground truth][prediction] = rows; empty for regression.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; } = [];

    /// <summary>Binary only: the curve, at most <see cref="OutcomeReader.CurvePoints"/> points.</summary>
    public IReadOnlyList<RocPoint> Roc { get; init; } = [];

    public Estimate? RocAuc { get; init; }

    /// <summary>Binary only: the rates of the model's own answers.</summary>
    public (double FalsePositiveRate, double TruePositiveRate)? Operating { get; init; }

    /// <summary>Binary: P(positive); several classes: the top class's confidence. Ten equal bins, those with rows.</summary>
    public IReadOnlyList<CalibrationBin> Calibration { get; init; } = [];

    public Estimate? ExpectedCalibrationError { get; init; }
}

/// <summary>Reads confusion, ROC and calibration of any range and scope from the events, grouped by the engine.</summary>
public sealed class OutcomeReader(LabelledGroups labelled)
{
    /// <summary>More points than pixels say nothing.</summary>
    public const int CurvePoints = 200;

    /// <param name="model">The model.</param>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="version">Version, or empty for all.</param>
    /// <param name="segment"><c>key=value</c>, or empty for all rows.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<OutcomePicture> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        string version,
        string segment,
        CancellationToken cancellation
    )
    {
        var groups = await labelled.ReadAsync(model, from, to, to - from, cancellation);
        var classes = ScopeOutcomes.ClassesOf(model, groups);
        var outcomes = new ScopeOutcomes(model, classes);
        foreach (
            var group in groups.Where(group =>
                ScopeOutcomes.ScopesOf(model, group).Any(scope => scope.Version == version && scope.Segment == segment)
            )
        )
        {
            outcomes.Add(group);
        }

        var picture = new OutcomePicture { Predictions = outcomes.Predictions, Labelled = outcomes.Labelled };
        return model.Task switch
        {
            ModelTask.Binary when outcomes.Binary() is { } binary => OfBinary(picture, model, binary, outcomes.BinaryScores()),
            ModelTask.Multiclass when outcomes.Multiclass() is { } several => OfSeveral(
                picture,
                classes,
                several,
                outcomes.MulticlassScores()!
            ),
            _ => picture,
        };
    }

    private static OutcomePicture OfBinary(OutcomePicture picture, ModelDefinition model, BinaryPerformance binary, ScoreCounts scores)
    {
        var confusion = binary.Confusion;
        var positive = model.EffectivePositiveClass!;
        var negative = model.Classes.FirstOrDefault(name => name != positive) ?? "not " + positive;
        var bins = new CalibrationBins();
        var probabilities = binary.LogLoss.IsOk;
        if (probabilities)
            bins.Add(scores);
        double negatives = confusion.FalsePositive + confusion.TrueNegative,
            positives = confusion.TruePositive + confusion.FalseNegative;
        return picture with
        {
            Classes = [positive, negative],
            Confusion =
            [
                [(long)confusion.TruePositive, (long)confusion.FalseNegative],
                [(long)confusion.FalsePositive, (long)confusion.TrueNegative],
            ],
            Roc = binary.RocAuc.IsOk ? Plumbline.Statistics.Performance.Roc.Curve(scores, CurvePoints) : [],
            RocAuc = binary.RocAuc,
            Operating = negatives > 0 && positives > 0 ? (confusion.FalsePositive / negatives, confusion.TruePositive / positives) : null,
            Calibration = probabilities ? [.. bins.Curve().Where(bin => bin.Count > 0)] : [],
            ExpectedCalibrationError = probabilities ? binary.ExpectedCalibrationError : null,
        };
    }

    private static OutcomePicture OfSeveral(
        OutcomePicture picture,
        IReadOnlyList<string> classes,
        MulticlassPerformance several,
        MulticlassScores scores
    ) =>
        picture with
        {
            Classes = classes,
            Confusion =
            [
                .. Enumerable
                    .Range(0, classes.Count)
                    .Select(truth =>
                        (IReadOnlyList<long>)
                            [.. Enumerable.Range(0, classes.Count).Select(answer => (long)several.Confusion[truth, answer])]
                    ),
            ],
            RocAuc = several.RocAuc,
            Calibration = several.ExpectedCalibrationError.IsOk ? [.. scores.Reliability().Where(bin => bin.Count > 0)] : [],
            ExpectedCalibrationError = several.ExpectedCalibrationError,
        };
}
