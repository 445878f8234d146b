namespace TicketRouter.Learning;

/// <summary>
/// Multinomial logistic regression over sparse vectors, trained by stochastic gradient descent. With two classes it is the binary model.
/// </summary>
public sealed class SoftmaxRegression
{
    private readonly int _classes;
    private readonly float[] _weights;

    private SoftmaxRegression(int classes, int dimensions)
    {
        _classes = classes;
        _weights = new float[classes * dimensions];
    }

    /// <param name="examples">Encoded tickets.</param>
    /// <param name="classes">The class number of each, 0..count-1.</param>
    /// <param name="count">Number of classes.</param>
    /// <param name="dimensions">Length of the encoded vectors.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="random">Orders the examples.</param>
    public static SoftmaxRegression Train(
        IReadOnlyList<SparseVector> examples,
        IReadOnlyList<int> classes,
        int count,
        int dimensions,
        TrainingPlan plan,
        SeededRandom random
    )
    {
        var model = new SoftmaxRegression(count, dimensions);
        var order = Enumerable.Range(0, examples.Count).ToArray();
        Span<double> probabilities = stackalloc double[count];
        for (var epoch = 0; epoch < plan.Epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = plan.LearningRate / (1 + (0.5f * epoch));
            foreach (var i in order)
            {
                model.Probabilities(examples[i], probabilities);
                model.Step(examples[i], classes[i], probabilities, rate, plan.L2);
            }
        }

        return model;
    }

    /// <summary>Writes the probability of every class; they sum to 1.</summary>
    public void Probabilities(SparseVector vector, Span<double> into)
    {
        into.Clear();
        for (var j = 0; j < vector.Indices.Length; j++)
        {
            var weights = _weights.AsSpan(vector.Indices[j] * _classes, _classes);
            for (var k = 0; k < weights.Length; k++)
                into[k] += weights[k] * vector.Values[j];
        }

        var top = double.NegativeInfinity;
        foreach (var value in into)
            top = Math.Max(top, value);
        var sum = 0.0;
        for (var k = 0; k < into.Length; k++)
            sum += into[k] = Math.Exp(into[k] - top);
        for (var k = 0; k < into.Length; k++)
            into[k] /= sum;
    }

    private void Step(SparseVector vector, int answer, ReadOnlySpan<double> probabilities, float rate, float l2)
    {
        for (var j = 0; j < vector.Indices.Length; j++)
        {
            var weights = _weights.AsSpan(vector.Indices[j] * _classes, _classes);
            for (var k = 0; k < weights.Length; k++)
            {
                var gradient = (float)(probabilities[k] - (k == answer ? 1 : 0)) * vector.Values[j];
                weights[k] -= rate * (gradient + (l2 * weights[k]));
            }
        }
    }
}
