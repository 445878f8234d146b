using System.Text.Json.Nodes;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;

namespace Plumbline.Statistics.Tests.Oracles;

public sealed class DriftOracleTests
{
    public static TheoryData<string> Sets => new("car_loan", "hotel_booking", "california_housing", "elec2", "bike_sharing");

    [Theory]
    [MemberData(nameof(Sets))]
    public void Numeric_columns_on_reference_deciles(string set)
    {
        var oracle = DataSets.Oracle($"drift_{set}.json")["result"]!.AsObject();
        var reference = DataSets.Read(set, "reference.csv.gz");
        var current = DataSets.Read(set, "current.csv.gz");
        var compared = 0;
        foreach (var (column, expected) in oracle.Where(c => (string?)c.Value!["type"] == "numeric"))
        {
            var deciles = expected!["ref_decile_bins"]!;
            var edges = PercentileEdges.FromSample(reference.Numbers(column));
            // The oracle's edges carry NumPy's rounding (69.11380000000001 for 69.1138), which moves rows that equal an edge: bin by its
            // edges, compare ours nearly.
            double[] inner = [.. deciles["inner_edges"]!.AsArray().Select(v => (double)v!)];
            var distinct = inner.Where((edge, i) => i == 0 || edge - inner[i - 1] > 1e-9).ToArray();
            // A heavy value has one edge more, the end of its own bin, which the oracle does not know.
            List<double> ours = [];
            foreach (var index in edges.DecileIndices)
            {
                if (ours.Count == 0 || edges.Edges[index] != Math.BitIncrement(ours[^1]))
                    ours.Add(edges.Edges[index]);
            }

            Assert.Equal(distinct.Length, ours.Count);
            for (var i = 0; i < distinct.Length; i++)
                Check.Near(distinct[i], ours[i], 1e-12);
            var r = new ulong[inner.Length + 1];
            var c = new ulong[inner.Length + 1];
            BinCounts.Add(inner, reference.Numbers(column), r);
            BinCounts.Add(inner, current.Numbers(column), c);
            Assert.Equal(deciles["counts_ref"]!.AsArray().Select(v => (ulong)v!), r);
            Assert.Equal(deciles["counts_cur"]!.AsArray().Select(v => (ulong)v!), c);
            Compare(deciles, [.. r.Select(v => (double)v)], [.. c.Select(v => (double)v)], column);
            var ks = PercentileDistance.KolmogorovSmirnov(
                edges.Edges,
                edges.Count(reference.Numbers(column), out _),
                edges.Count(current.Numbers(column), out _)
            );
            var exact = (double)expected["ks"]!["statistic"]!;
            Assert.InRange(exact, ks.Statistic!.Value - 1e-12, ks.Statistic.Value + ks.ErrorBound!.Value + 1e-12);
            var distance = Wasserstein(edges, reference.Numbers(column), current.Numbers(column));
            var exactDistance = (double)expected["wasserstein"]!;
            Assert.InRange(
                exactDistance,
                distance.Value!.Value - distance.ErrorBound!.Value - 1e-9,
                distance.Value.Value + distance.ErrorBound.Value + 1e-9
            );
            var spread = (double)expected["std_ref_ddof0"]!;
            // Of a nearly constant reference the current values lie in two bins, below and above it, and one sum does not tell how they
            // share it: there the
            // bound alone is promised.
            var counts = edges.Count(reference.Numbers(column), out _);
            Assert.True(
                counts.Max() > 0.9 * counts.Sum(count => (double)count)
                    || Math.Abs(distance.Value.Value - exactDistance) < 0.004 * spread + 0.12 * exactDistance,
                $"{column}: {exactDistance} against {distance.Value}"
            );
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData("car_loan")]
    [InlineData("hotel_booking")]
    [InlineData("elec2")]
    [InlineData("bike_sharing")]
    public void Categorical_columns(string set)
    {
        var oracle = DataSets.Oracle($"drift_{set}.json")["result"]!.AsObject();
        var compared = 0;
        foreach (var (column, expected) in oracle.Where(c => (string?)c.Value!["type"] == "categorical"))
        {
            var counts = Counts(set, column);
            double[] r = [.. counts.Select(v => (double)v.Reference)];
            double[] c = [.. counts.Select(v => (double)v.Current)];
            var chi = expected!["chi2_two_sample"]!;
            Check.Near((double)chi["statistic"]!, (double)chi["p"]!, Homogeneity.ChiSquare(r, c, YatesCorrection.Never), 1e-9);
            var yates = expected["chi2_two_sample_yates_if_2x2"]!;
            Check.Near((double)yates["statistic"]!, (double)yates["p"]!, Homogeneity.ChiSquare(r, c), 1e-9);
            var g = expected["g_test_two_sample"]!;
            if (r.Length > 2)
                Check.Near((double)g["statistic"]!, (double)g["p"]!, Homogeneity.GTest(r, c), 1e-9);
            Check.Near((double)expected["cramers_v"]!, Homogeneity.CramersV(r, c), 1e-9);
            Check.Near((double)expected["cramers_v_bias_corrected"]!, Homogeneity.CramersVBiasCorrected(r, c), 1e-9);
            Compare(expected["categories_union"]!, r, c, column);
            compared++;
        }

        Assert.True(compared > 0);
    }

    private static Estimate Wasserstein(PercentileEdges edges, double[] reference, double[] current)
    {
        NumericBins Bins(double[] values)
        {
            double[] finite = [.. values.Where(double.IsFinite)];
            return new NumericBins(edges.Count(finite, out _), finite.Min(), finite.Max(), finite.Sum());
        }

        return PercentileDistance.Wasserstein(edges.Edges, Bins(reference), Bins(current), 1);
    }

    private static List<(long Reference, long Current)> Counts(string set, string column)
    {
        var reference = DataSets
            .Read(set, "reference.csv.gz")
            .Text(column)
            .Where(v => v.Length > 0)
            .CountBy(v => v)
            .ToDictionary(StringComparer.Ordinal);
        var current = DataSets.ReadCurrent(set).Text(column).Where(v => v.Length > 0).CountBy(v => v).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. reference
                .Keys.Union(current.Keys, StringComparer.Ordinal)
                .Select(k => ((long)reference.GetValueOrDefault(k), (long)current.GetValueOrDefault(k))),
        ];
    }

    private static void Compare(JsonNode expected, double[] r, double[] c, string column)
    {
        void Same(string name, Estimate actual)
        {
            Assert.True(actual.IsOk, $"{column} {name}: {actual.Reason}");
            Assert.True(
                Math.Abs((double)expected[name]! - actual.Value!.Value) < 1e-9,
                $"{column} {name}: {expected[name]} against {actual.Value}"
            );
        }

        Same("psi", BinnedDistance.PopulationStability(r, c, Smoothing.Floor(1e-4)));
        Same("psi_eps_1e_6", BinnedDistance.PopulationStability(r, c, Smoothing.Floor(1e-6)));
        Same("kl_cur_given_ref", BinnedDistance.KullbackLeibler(c, r, Smoothing.Floor(1e-4)));
        Same("js_distance_base2", BinnedDistance.JensenShannonDistance(r, c));
        Same("js_distance_nats", BinnedDistance.JensenShannonDistance(r, c, LogarithmBase.E));
        Same("js_divergence_base2", BinnedDistance.JensenShannonDivergence(r, c));
        Same("hellinger", BinnedDistance.Hellinger(r, c));
        Same("total_variation", BinnedDistance.TotalVariation(r, c));
        Same("l_infinity", BinnedDistance.LInfinity(r, c));
    }
}
