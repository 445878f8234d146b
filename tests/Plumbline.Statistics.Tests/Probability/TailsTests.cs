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
                Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected) + 1e-300, $"{name}({string.Join(", ", values[..^1])}): {expected:R} against {actual:R}");
        }
    }

    private static double Number(JsonNode? node) => (double)node!;
}
