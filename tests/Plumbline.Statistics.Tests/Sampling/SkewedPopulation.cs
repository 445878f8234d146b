using Plumbline.Statistics.Sampling;

namespace Plumbline.Statistics.Tests.Sampling;

/// <summary>
/// 5,000 rows of log-normal size, sampled by it: with the probability 1 - (1 - 0.01) (1 - min(1, c size)), 300 rows on average, so from
/// 0.01 to 1.
/// </summary>
internal sealed class SkewedPopulation
{
    public const int Rows = 5000;
    private const double Uniform = 0.01;

    public SkewedPopulation(RandomSource random)
    {
        Sizes = [.. Enumerable.Range(0, Rows).Select(_ => Math.Exp(random.NextGaussian()))];
        // The sum of 1 - (1 - u) (1 - t) is 300 where that of t is this.
        var targeted = (300 - Uniform * Rows) / (1 - Uniform);
        var factor = PoissonDesign.Factor([.. Sizes.Select(size => new SizeBin(1, size))], targeted);
        Probabilities = [.. Sizes.Select(size => 1 - (1 - Uniform) * (1 - Math.Min(1, factor * size)))];
    }

    public double[] Sizes { get; }

    public double[] Probabilities { get; }

    /// <summary>
    /// 1 for right answers; an error is the more likely the larger the row, and <paramref name="accuracy"/> of all are right.
    /// </summary>
    public double[] Answers(RandomSource random, double accuracy)
    {
        double low = 0,
            high = 10;
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = Sizes.Average(size => Wrong(size, middle)) < 1 - accuracy ? (middle, high) : (low, middle);
        }

        return [.. Sizes.Select(size => random.NextDouble() < Wrong(size, low) ? 0.0 : 1)];
    }

    /// <summary>The numbers of the rows that are drawn.</summary>
    public List<int> Draw(RandomSource random)
    {
        var drawn = new List<int>(400);
        for (var i = 0; i < Rows; i++)
        {
            if (random.NextDouble() < Probabilities[i])
                drawn.Add(i);
        }

        return drawn;
    }

    private static double Wrong(double size, double factor) => Math.Min(0.95, factor * size);
}
