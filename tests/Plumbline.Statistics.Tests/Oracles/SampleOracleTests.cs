using System.Text.Json.Nodes;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Oracles;

public sealed class SampleOracleTests
{
    [Theory]
    [InlineData("bike_sharing")]
    [InlineData("california_housing")]
    [InlineData("car_loan")]
    public void Numeric_columns(string set)
    {
        var oracle = DataSets.Oracle($"drift_{set}.json")["result"]!.AsObject();
        var reference = DataSets.Read(set, "reference.csv.gz");
        var current = DataSets.Read(set, "current.csv.gz");
        foreach (var (column, expected) in oracle.Where(c => (string?)c.Value!["type"] == "numeric"))
        {
            if (!current.Columns.ContainsKey(column))
                continue;
            Compare(expected!, Finite(reference, column), Finite(current, column), checkExact: set != "car_loan");
        }
    }

    [Fact]
    public void Small_cases()
    {
        foreach (var node in DataSets.Oracle("special.json")["small_numeric_cases"]!.AsArray())
            Compare(node!["expected"]!, Numbers(node["ref"]!), Numbers(node["cur"]!), checkExact: true);
        foreach (
            var node in DataSets.Oracle("special.json")["ks_2samp"]!
                .AsArray()
                .Where(c => Math.Max((int)c!["n"]!, (int)c["m"]!) <= KolmogorovSmirnov.ExactLimit)
        )
        {
            var (n, m) = ((int)node!["n"]!, (int)node["m"]!);
            var scaled = (long)Math.Round((double)node["statistic"]! * n * m);
            var expected = (double)node["p_auto"]!;
            Assert.Equal(expected, KolmogorovSmirnov.ExactTail(n, m, scaled), Math.Min(1e-9, 1e-7 * expected));
        }
    }

    private static void Compare(JsonNode expected, double[] x, double[] y, bool checkExact)
    {
        var ks = KolmogorovSmirnov.Test(x, y, checkExact ? PValueMethod.Auto : PValueMethod.Asymptotic);
        Check.Near((double)expected["ks"]!["statistic"]!, ks.Statistic, 1e-12);
        if (checkExact && (string?)expected["ks"]!["mode_auto"] == "exact")
            Check.Near((double)expected["ks"]!["p_auto"]!, ks.PValue, 1e-7);
        Check.Near((double)expected["wasserstein"]!, SampleDistance.Wasserstein(x, y), 1e-9);
        Check.Near((double)expected["energy_distance"]!, SampleDistance.Energy(x, y), 1e-9);
        if (expected["cramer_von_mises"]?["statistic"] is { } cvm)
            Check.Near((double)cvm, CramerVonMises.Test(x, y, PValueMethod.Asymptotic).Statistic, 1e-9);
        if (expected["mann_whitney"] is JsonObject mw && mw["statistic"] is { } u)
            Check.Near((double)u, (double)mw["p"]!, MeanTests.MannWhitney(x, y), 1e-9);
        if (expected["welch_t"] is JsonObject welch && welch["statistic"] is { } t)
            Check.Near((double)t, (double)welch["p"]!, MeanTests.Welch(x, y), 1e-8);
        if (expected["anderson_darling_ksamp_midrank"] is JsonObject ad && ad["statistic"] is { } a)
            Check.Near((double)a, AndersonDarling.Test(x, y).Statistic, 1e-9);
    }

    private static double[] Numbers(JsonNode node) =>
        [.. node.AsArray().Where(v => v is not null).Select(v => (double)v!).Where(double.IsFinite)];

    private static double[] Finite(Table table, string column) => [.. table.Numbers(column).Where(double.IsFinite)];
}
