using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Performance;

namespace Plumbline.Monitoring.Performance;

/// <summary>The labelled predictions of one window and scope, in the form that the task's metrics take.</summary>
public sealed class ScopeOutcomes(ModelDefinition model, IReadOnlyList<string> classes)
{
    private readonly List<BinaryOutcome> _binary = [];
    private readonly List<RegressionOutcome> _regression = [];
    private readonly ConfusionMatrix? _confusion =
        model.Task == ModelTask.Multiclass && classes.Count > 0
            ? new ConfusionMatrix(classes.Count) { Known = Math.Min(model.Classes.Length, classes.Count) }
            : null;
    private readonly MulticlassScores? _scores =
        model.Task == ModelTask.Multiclass && model.Classes.Length > 1 ? new MulticlassScores(model.Classes.Length) : null;
    private readonly string? _positive = model.EffectivePositiveClass;
    private readonly Dictionary<string, int> _classIndex = classes
        .Select((name, i) => (name, i))
        .ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);

    /// <summary>Predictions, with or without ground truth.</summary>
    public long Predictions { get; private set; }

    /// <summary>Predictions with ground truth.</summary>
    public long Labelled { get; private set; }

    /// <summary>Of these, rows whose ground truth came within the declared delay; null without one.</summary>
    public long? InTime { get; private set; } = model.LabelDelay is null ? null : 0;

    /// <summary>
    /// Of those with ground truth, rows whose label no answer of the model can equal; only counted, see
    /// <see cref="ModelDefinition.IsOutside"/>.
    /// </summary>
    public long Outside { get; private set; }

    public IReadOnlyList<string> Classes => classes;

    /// <summary>Labelled rows by what is true of them; classifiers.</summary>
    public Dictionary<string, long> GroundTruths { get; } = new(StringComparer.Ordinal);

    /// <summary>Mean of what is true, with its interval; null for classifiers.</summary>
    public Estimate? GroundTruthMean()
    {
        if (model.Task != ModelTask.Regression || Labelled == 0)
            return null;
        var mean = _regression.Sum(outcome => outcome.GroundTruth * outcome.Count) / Labelled;
        var squares = _regression.Sum(outcome => outcome.Count * (outcome.GroundTruth - mean) * (outcome.GroundTruth - mean));
        return Estimate.Of(mean, Labelled).With(Confidence.Mean(Labelled, mean, squares));
    }

    /// <summary>Adds alike predictions.</summary>
    public void Add(LabelledGroup group)
    {
        Predictions += group.Count;
        if (!group.HasGroundTruth)
            return;
        Labelled += group.Count;
        InTime += group.InTime;
        if (model.Task != ModelTask.Regression)
            GroundTruths[group.GroundTruth] = GroundTruths.GetValueOrDefault(group.GroundTruth) + group.Count;
        if (model.IsOutside(group.GroundTruth))
        {
            Outside += group.Count;
            return;
        }

        switch (model.Task)
        {
            case ModelTask.Binary:
                _binary.Add(new BinaryOutcome(group.GroundTruth == _positive, group.Prediction == _positive, group.Score, group.Count));
                break;
            case ModelTask.Multiclass:
                AddMulticlass(group);
                break;
            default:
                _regression.Add(new RegressionOutcome(group.GroundTruthValue, group.PredictionValue, group.Count));
                break;
        }
    }

    /// <summary>Binary metrics; null for other tasks and while the positive class is not known.</summary>
    public BinaryPerformance? Binary() =>
        model.Task == ModelTask.Binary && _positive is not null ? BinaryPerformance.Of([.. _binary]) : null;

    /// <summary>Score counts of a binary model, for curves.</summary>
    public ScoreCounts BinaryScores() => ScoreCounts.From([.. _binary]);

    /// <summary>Metrics over several classes; null for other tasks.</summary>
    public MulticlassPerformance? Multiclass() =>
        _confusion is not null && _scores is not null ? MulticlassPerformance.Of(_confusion, _scores) : null;

    /// <summary>Reliability of the top class's probability; null for other tasks.</summary>
    public MulticlassScores? MulticlassScores() => _scores;

    /// <summary>Regression metrics; null for other tasks.</summary>
    public RegressionPerformance? Regression() =>
        model.Task == ModelTask.Regression ? RegressionPerformance.Of(_regression.ToArray()) : null;

    private void AddMulticlass(LabelledGroup group)
    {
        if (
            _confusion is null
            || !_classIndex.TryGetValue(group.GroundTruth, out var truth)
            || !_classIndex.TryGetValue(group.Prediction, out var predicted)
        )
        {
            return;
        }

        _confusion.Add(truth, predicted, group.Count);
        // Probabilities are those of the model's own classes, which come first; a label that the model does not know yet has none.
        if (group.Probabilities.Length == model.Classes.Length && truth < model.Classes.Length)
            _scores?.Add(truth, group.Probabilities, group.Count);
    }

    /// <summary>
    /// The classes that a multiclass matrix needs: the model's, then whatever ground truth or predictions hold besides, in ordinal order.
    /// </summary>
    public static IReadOnlyList<string> ClassesOf(ModelDefinition model, IEnumerable<LabelledGroup> groups)
    {
        if (model.Task != ModelTask.Multiclass)
            return model.Classes;
        var more = groups
            .Where(group => group.HasGroundTruth && !model.IsOutside(group.GroundTruth))
            .SelectMany(group => new[] { group.GroundTruth, group.Prediction })
            .Distinct(StringComparer.Ordinal)
            .Except(model.Classes, StringComparer.Ordinal);
        return [.. model.Classes, .. more.Order(StringComparer.Ordinal).Take(Math.Max(0, ModelLimits.MaxClasses - model.Classes.Length))];
    }

    /// <summary>Every scope that a group of rows belongs to: all rows and each segment, of all versions and of its own.</summary>
    public static IEnumerable<ProfileScope> ScopesOf(ModelDefinition model, LabelledGroup group) =>
        ScopesOf(model, group.Version, group.Segments);

    /// <summary>Every scope that a row of that version and those segment values belongs to; the crosses of two dimensions too.</summary>
    public static IEnumerable<ProfileScope> ScopesOf(ModelDefinition model, string version, string?[] segments)
    {
        yield return ProfileScope.All;
        if (version.Length > 0)
            yield return new ProfileScope(version, "", "");
        var keys = model.SegmentKeys;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is not { } value)
                continue;
            yield return new ProfileScope("", keys[i], value);
            if (version.Length > 0)
                yield return new ProfileScope(version, keys[i], value);
        }

        foreach (var cross in model.Crosses)
        {
            if (
                segments[model.Segments.IndexOf(cross.First)] is not { } first
                || segments[model.Segments.IndexOf(cross.Second)] is not { } second
            )
            {
                continue;
            }

            yield return new ProfileScope("", cross.Key, $"{first}{SegmentCross.Sign}{second}");
            if (version.Length > 0)
                yield return new ProfileScope(version, cross.Key, $"{first}{SegmentCross.Sign}{second}");
        }
    }
}
