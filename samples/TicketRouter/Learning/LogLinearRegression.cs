namespace TicketRouter.Learning;

/// <summary>
/// Linear regression of ln(y), for positive y, by stochastic gradient descent. Answers exp(prediction) times Duan's smearing factor
/// (the mean of the exponentials of the residuals), so that the answer estimates the mean of y rather than its median.
/// </summary>
public sealed class LogLinearRegression
{
    private readonly float[] _weights;
    private double _smearing = 1;

    private LogLinearRegression(int dimensions) => _weights = new float[dimensions];

    public static LogLinearRegression Train(
        IReadOnlyList<SparseVector> examples,
        IReadOnlyList<double> values,
        int dimensions,
        TrainingPlan plan,
        SeededRandom random
    )
    {
        var model = new LogLinearRegression(dimensions);
        var logs = values.Select(value => Math.Log(Math.Max(value, 0.1))).ToArray();
        var order = Enumerable.Range(0, examples.Count).ToArray();
        for (var epoch = 0; epoch < plan.Epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = plan.LearningRate / (1 + (0.5f * epoch));
            foreach (var i in order)
            {
                var error = (float)Math.Clamp(model.Log(examples[i]) - logs[i], -3, 3);
                var (indices, parts) = examples[i];
                for (var j = 0; j < indices.Length; j++)
                {
                    ref var weight = ref model._weights[indices[j]];
                    weight -= rate * ((error * parts[j]) + (plan.L2 * weight));
                }
            }
        }

        var sum = 0.0;
        for (var i = 0; i < logs.Length; i++)
            sum += Math.Exp(logs[i] - model.Log(examples[i]));
        model._smearing = logs.Length == 0 ? 1 : sum / logs.Length;
        return model;
    }

    public double Predict(SparseVector vector) => Math.Exp(Math.Clamp(Log(vector), -3, 8)) * _smearing;

    private double Log(SparseVector vector)
    {
        var sum = 0.0;
        for (var j = 0; j < vector.Indices.Length; j++)
            sum += _weights[vector.Indices[j]] * vector.Values[j];
        return sum;
    }
}
