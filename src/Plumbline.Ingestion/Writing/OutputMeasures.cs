using Plumbline.Events.Batches;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Writing;

/// <summary>Score, confidence and entropy of a prediction, from what the client sent.</summary>
/// <param name="Score">Binary: P(positive class). Multiclass: P(predicted class). NaN when not known.</param>
/// <param name="Confidence">The largest probability. NaN when not known.</param>
/// <param name="Entropy">-sum p ln p, divided by ln K with K classes: 0 certain, 1 undecided. NaN when not known.</param>
public readonly record struct OutputMeasures(double Score, double Confidence, double Entropy)
{
    private static readonly OutputMeasures None = new(double.NaN, double.NaN, double.NaN);

    /// <summary>Computes the measures.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="names">The batch's names: its classes.</param>
    /// <param name="task">The model's task.</param>
    /// <param name="positive">UTF-8 of the positive class, empty when not known.</param>
    /// <param name="classes">Classes that the model is known to have.</param>
    public static OutputMeasures Of(
        in Prediction prediction,
        EventBatchReader names,
        ModelTask task,
        ReadOnlySpan<byte> positive,
        int classes
    )
    {
        if (task == ModelTask.Regression)
            return None;
        if (prediction.Probabilities.Count == 0)
            return OfScore(prediction.Score, task);
        var (largest, entropy, ofPositive, ofPredicted) = (0.0, 0.0, double.NaN, double.NaN);
        var probabilities = prediction.Probabilities;
        while (probabilities.Read())
        {
            var p = probabilities.Value;
            largest = Math.Max(largest, p);
            entropy += EntropyOf(p);
            var name = names.Name(probabilities.Name);
            if (name.SequenceEqual(prediction.Class))
                ofPredicted = p;
            if (name.SequenceEqual(positive))
                ofPositive = p;
        }
        var binary = task == ModelTask.Binary;
        if (binary && probabilities.Count == 1)
        {
            // Only one of the two was sent: the other is the rest.
            var rest = Math.Max(0, 1 - largest);
            entropy += EntropyOf(rest);
            if (double.IsNaN(ofPositive) && positive.Length > 0)
                ofPositive = rest;
            largest = Math.Max(largest, rest);
        }
        var k = binary ? 2 : Math.Max(classes, probabilities.Count);
        var score =
            !double.IsNaN(prediction.Score) ? prediction.Score
            : binary ? ofPositive
            : ofPredicted;
        return new OutputMeasures(score, largest, k < 2 ? double.NaN : Math.Clamp(entropy / Math.Log(k), 0, 1));
    }

    private static OutputMeasures OfScore(double score, ModelTask task)
    {
        if (double.IsNaN(score))
            return None;
        if (task != ModelTask.Binary)
            return new OutputMeasures(score, score, double.NaN);
        var rest = 1 - score;
        var entropy = EntropyOf(score) + EntropyOf(rest);
        return new OutputMeasures(score, Math.Max(score, rest), Math.Clamp(entropy / Math.Log(2), 0, 1));
    }

    // What an outcome of this probability adds; one that never comes adds nothing.
    private static double EntropyOf(double p) => p > 0 ? -p * Math.Log(p) : 0;
}
