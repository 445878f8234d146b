using System.Text.Json.Nodes;
using Plumbline.Statistics.Probability;
using Plumbline.Statistics.Tests.Oracles;

namespace Plumbline.Statistics.Tests.Probability;

/// <summary>Relative precision of tail probabilities against SciPy, also far out.</summary>
public sealed class TailsTests
{
    [Fact]
    public void Normal_tail() => EachRow("normal_sf", row => Tails.Normal(row[0]));

    [Fact]
    public void Normal_quantile() => EachRow("normal_ppf", row => Tails.NormalQuantile(row[0]));

    [Fact]
    public void Chi_square_tail() => EachRow("chi2_sf", row => Tails.ChiSquare(row[0], row[1]));

    [Fact]
    public void Student_tail() => EachRow("t_sf", row => Tails.Student(row[0], row[1]));

    /// <summary>The values of every table of t, and back from the tail.</summary>
    [Fact]
    public void Student_quantile()
    {
        Assert.Equal(12.706204736174698, Tails.StudentQuantile(0.975, 1), 1e-9);
        Assert.Equal(4.302652729749464, Tails.StudentQuantile(0.975, 2), 1e-10);
        Assert.Equal(2.2281388519862735, Tails.StudentQuantile(0.975, 10), 1e-10);
        Assert.Equal(-1.69726088659, Tails.StudentQuantile(0.05, 30), 1e-9);
        Assert.Equal(Tails.NormalQuantile(0.975), Tails.StudentQuantile(0.975, 2e6), 1e-12);
        Assert.Equal(Tails.NormalQuantile(0.975), Tails.StudentQuantile(0.975, 9e5), 1e-5);
        Assert.Equal(0, Tails.StudentQuantile(0.5, 3));
        foreach (var freedom in new[] { 0.7, 1, 3.3, 25, 400, 1e5 })
        {
            foreach (var tail in new[] { 1e-8, 0.001, 0.2, 0.49 })
                Check.Near(1, Tails.Student(-Tails.StudentQuantile(tail, freedom), freedom) / tail, 1e-9);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Tails.StudentQuantile(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tails.StudentQuantile(0.9, 0));
    }

    [Fact]
    public void Fisher_tail() => EachRow("f_sf", row => Tails.Fisher(row[0], row[1], row[2]));

    [Fact]
    public void Kolmogorov_limit() => EachRow("kolmogorov_sf_limit", row => Tails.Kolmogorov(row[0]));

    [Fact]
    public void Known_values_without_any_oracle_file()
    {
        Assert.Equal(1.959963984540054, Tails.NormalQuantile(0.975), 12);
        Assert.Equal(0.05, Tails.ChiSquare(3.841458820694124, 1), 12);
        Assert.Equal(0.05, Tails.Kolmogorov(1.3580986393225505), 9);
        Assert.Equal(1, Tails.Kolmogorov(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tails.NormalQuantile(1));
    }

    private static void EachRow(string name, Func<double[], double> compute)
    {
        foreach (var row in DataSets.Oracle("special.json")[name]!.AsArray())
        {
            double[] values = [.. row!.AsArray().Select(Number)];
            var expected = values[^1];
            var actual = compute(values);
            Assert.True(
                Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected) + 1e-300,
                $"{name}({string.Join(", ", values[..^1])}): {expected:R} against {actual:R}"
            );
        }
    }

    private static double Number(JsonNode? node) => (double)node!;

    [Theory]
    [InlineData(40, 0.05)]
    [InlineData(2000, 0.3)]
    [InlineData(5000, 0.98)]
    public void Binomial_draws_have_the_right_law(int trials, double probability)
    {
        var random = new RandomSource(77);
        const int Draws = 200_000;
        double sum = 0,
            squares = 0;
        for (var i = 0; i < Draws; i++)
        {
            var drawn = random.NextBinomial(trials, probability);
            Assert.InRange(drawn, 0, trials);
            (sum, squares) = (sum + drawn, squares + (drawn - trials * probability) * (drawn - trials * probability));
        }

        var variance = trials * probability * (1 - probability);
        Assert.InRange(sum / Draws - trials * probability, -4 * Math.Sqrt(variance / Draws), 4 * Math.Sqrt(variance / Draws));
        Assert.InRange(squares / Draws / variance, 0.98, 1.02);
        Assert.Equal(0, random.NextBinomial(0, 0.5));
        Assert.Equal(9, random.NextBinomial(9, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBinomial(-1, 0.5));
    }
}
