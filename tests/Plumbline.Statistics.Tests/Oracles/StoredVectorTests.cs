using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Calibration;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Multiplicity;
using Plumbline.Statistics.Multivariate;
using Plumbline.Statistics.Outliers;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Probability;
using Plumbline.Statistics.Sequential;
using Plumbline.Statistics.Trees;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Statistics.Tests.Oracles;

/// <summary>
/// 200 random cases per method against SciPy 1.10.1, scikit-learn 1.2.1 and statsmodels 0.13.5: tests/oracles/statistics_vectors.py made
/// the file, which names the versions. Values are stored with 12 digits.
/// </summary>
public sealed class StoredVectorTests
{
    private static readonly JsonObject Vectors = JsonNode
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "oracles", "statistics_vectors.json")))!
        .AsObject();

    [Fact]
    public void Two_samples() =>
        Each(
            "two_sample",
            c =>
            {
                var (x, y) = (D(c["x"]), D(c["y"]));
                Same(c["ks"], KolmogorovSmirnov.Test(x, y, PValueMethod.Exact));
                // SciPy stops its series of the limit law at 1e-7.
                Same(c["cvm"], CramerVonMises.Test(x, y, PValueMethod.Asymptotic), 1e-6);
                if (c["cvm_exact"] is { } exact)
                    Check.Near((double)exact, CramerVonMises.Test(x, y, PValueMethod.Exact).PValue, 1e-9);
                Same(c["ad"], AndersonDarling.Test(x, y));
                Same(c["es"], EppsSingleton.Test(x, y), 1e-7, 1e-7);
                Check.Near(N(c["wasserstein"]), SampleDistance.Wasserstein(x, y));
                Check.Near(N(c["energy"]), SampleDistance.Energy(x, y));
                Same(c["mw"], MeanTests.MannWhitney(x, y));
                Same(c["welch"], MeanTests.Welch(x, y));
                Check.Near(N(c["mmd"]), MaximumMeanDiscrepancy.Biased(x, y, 1, 1));
            }
        );

    [Fact]
    public void Counts() =>
        Each(
            "counts",
            c =>
            {
                var (r, q) = (D(c["r"]), D(c["c"]));
                if (c["chi2"] is not null)
                {
                    Same(c["chi2"], Homogeneity.ChiSquare(r, q));
                    Same(c["chi2_plain"], Homogeneity.ChiSquare(r, q, YatesCorrection.Never));
                    Same(c["g"], Homogeneity.GTest(r, q));
                    Check.Near(N(c["v"]), Homogeneity.CramersV(r, q));
                }

                Check.Near(N(c["js2"]), BinnedDistance.JensenShannonDistance(r, q));
                Check.Near(N(c["jse"]), BinnedDistance.JensenShannonDistance(r, q, LogarithmBase.E));
                Check.Near(N(c["kl"]), BinnedDistance.KullbackLeibler(r, q));
                Check.Near(N(c["psi"]), BinnedDistance.PopulationStability(r, q));
                Check.Near(N(c["tv"]), BinnedDistance.TotalVariation(r, q));
                Check.Near(N(c["hellinger"]), BinnedDistance.Hellinger(r, q));
            }
        );

    [Fact]
    public void Binary_performance_and_calibration() =>
        Each(
            "binary",
            c =>
            {
                var (y, p, w, yhat) = (D(c["y"]), D(c["p"]), D(c["w"]), D(c["yhat"]));
                BinaryOutcome[] rows = [.. p.Select((s, i) => new BinaryOutcome(y[i] > 0, yhat[i] > 0, s, w[i]))];
                var actual = BinaryPerformance.Of(rows);
                Check.Near(N(c["auc"]), actual.RocAuc);
                Check.Near(N(c["ap"]), Roc.AveragePrecision(ScoreCounts.From(rows)));
                Check.Near(N(c["log_loss"]), actual.LogLoss);
                Check.Near(N(c["brier"]), actual.Brier);
                Check.Near(N(c["accuracy"]), actual.Accuracy);
                Check.Near(N(c["prf"]![0]), actual.Precision);
                Check.Near(N(c["prf"]![1]), actual.Recall);
                Check.Near(N(c["prf"]![2]), actual.F1);
                Check.Near(N(c["mcc"]), actual.Confusion.MatthewsCorrelation());
                var isotonic = IsotonicRegression.Fit(p, y, w);
                foreach (var (at, expected) in D(c["isotonic"]![0]).Zip(D(c["isotonic"]![1])))
                    Check.Near(expected, isotonic.Predict(at));
                if (c["platt"] is not { } platt)
                    return;
                var fit = PlattScaling.Fit(p, [.. y.Select(v => v > 0)], 1e-6)!;
                Check.Near(N(platt[0]), fit.Slope, 1e-7);
                Check.Near(N(platt[1]), fit.Intercept, 1e-7);
            }
        );

    [Fact]
    public void Multiclass_performance_and_temperature() =>
        Each(
            "multiclass",
            c =>
            {
                var (k, y, yhat, p) = (
                    (int)c["k"]!,
                    D(c["y"]).Select(v => (int)v).ToArray(),
                    D(c["yhat"]).Select(v => (int)v).ToArray(),
                    D(c["p"])
                );
                var actual = MulticlassPerformance.Of(k, y, yhat, p);
                Check.Near(N(c["prf"]![0]), actual.Precision);
                Check.Near(N(c["prf"]![1]), actual.Recall);
                Check.Near(N(c["prf"]![2]), actual.F1);
                Check.Near(N(c["weighted_f1"]), actual.Confusion.F1(ClassAverage.Weighted));
                Check.Near(N(c["accuracy"]), actual.Accuracy);
                Check.Near(N(c["log_loss"]), actual.LogLoss);
                Check.Near(N(c["auc"]), actual.RocAuc);
                double[] logits = [.. p.Select(v => Math.Log(Math.Clamp(v, 1e-9, 1)))];
                Check.Near(N(c["temperature_nll"]), TemperatureScaling.Fit(logits, k, y).NegativeLogLikelihood);
            }
        );

    [Fact]
    public void Regression_performance() =>
        Each(
            "regression",
            c =>
            {
                var (y, p, w) = (D(c["y"]), D(c["p"]), D(c["w"]));
                var actual = RegressionPerformance.Of([.. y.Select((v, i) => new RegressionOutcome(v, p[i], w[i]))]);
                Check.Near(N(c["mae"]), actual.MeanAbsoluteError);
                Check.Near(N(c["rmse"]), actual.RootMeanSquaredError);
                Check.Near(N(c["r2"]), actual.R2);
                Check.Near(N(c["mape"]), actual.MeanAbsolutePercentageError);
            }
        );

    [Fact]
    public void Multiplicity() =>
        Each(
            "multiplicity",
            c =>
            {
                double?[] p = [.. D(c["p"]).Select(v => (double?)v)];
                AllNear(D(c["bh"]), AdjustedPValues.BenjaminiHochberg(p));
                AllNear(D(c["by"]), AdjustedPValues.BenjaminiYekutieli(p));
                AllNear(D(c["holm"]), AdjustedPValues.Holm(p));
            }
        );

    [Fact]
    public void Proportions() =>
        Each(
            "proportions",
            c =>
            {
                var (a, n, b, m) = ((long)c["a"]!, (long)c["n"]!, (long)c["b"]!, (long)c["m"]!);
                var wilson = Wilson.Of(a, n)!.Value;
                Check.Near(N(c["wilson"]![0]), wilson.Lower);
                Check.Near(N(c["wilson"]![1]), wilson.Upper);
                var difference = MeanTests.DifferenceOfProportions(a, n, b, m);
                Check.Near(N(c["newcombe"]![0]), difference.Lower);
                Check.Near(N(c["newcombe"]![1]), difference.Upper);
                if (c["z"] is not null)
                    Same(c["z"], MeanTests.TwoProportions(a, n, b, m));
            }
        );

    [Fact]
    public void Distribution_tails() =>
        Each(
            "tails",
            c =>
            {
                var (x, d, e, z) = (N(c["x"]), N(c["d"]), N(c["e"]), N(c["z"]));
                Relative(N(c["chi2"]), Tails.ChiSquare(x, d));
                Relative(N(c["t"]), Tails.Student(z, d));
                Relative(N(c["f"]), Tails.Fisher(x / 4, d, e));
                Relative(N(c["norm"]), Tails.Normal(z));
                Relative(N(c["kolmogorov"]), Tails.Kolmogorov(Math.Abs(z) / 2));
                Check.Near(N(c["ppf"]), Tails.NormalQuantile(N(c["q"])));
            }
        );

    [Fact]
    public void Quantiles() =>
        Each(
            "quantiles",
            c =>
            {
                foreach (var (q, expected) in D(c["q"]).Zip(D(c["value"])))
                    Check.Near(expected, Quantile.Of(D(c["x"]), q));
            }
        );

    [Fact]
    public void Mahalanobis_and_principal_components() =>
        Each(
            "matrix",
            c =>
            {
                var (k, x, y) = ((int)c["k"]!, D(c["x"]), D(c["y"]));
                var mahalanobis = MahalanobisDistance.Fit(x, k);
                for (var i = 0; i < 3; i++)
                    Check.Near(N(c["mahalanobis"]![i]), mahalanobis.Distance(y.AsSpan(i * k, k)), 1e-7);
                var pca = PcaReconstruction.Fit(Columns(x, k));
                Assert.Equal((int)c["components"]!, pca.Components);
                Check.Near(N(c["pca"]), pca.Measure(Columns(y, k)).Error, 1e-8);
            }
        );

    [Fact]
    public void Sample_ratios() =>
        Each("ratio", c => Same(c["chi2"], SampleRatioMismatch.Test([.. D(c["counts"]).Select(v => (long)v)], D(c["shares"]))));

    private static FeatureTable Columns(double[] rows, int k)
    {
        var table = new FeatureTable(rows.Length / k);
        for (var column = 0; column < k; column++)
            table = table.WithNumeric($"c{column}", [.. rows.Where((_, i) => i % k == column)]);
        return table;
    }

    private static void Each(string method, Action<JsonObject> compare)
    {
        var cases = Vectors[method]!.AsArray();
        Assert.Equal(200, cases.Count);
        for (var i = 0; i < cases.Count; i++)
        {
            try
            {
                compare(cases[i]!.AsObject());
            }
            catch (Exception exception) when (exception is not JsonException)
            {
                throw new Xunit.Sdk.XunitException($"{method} case {i}: {exception.Message}", exception);
            }
        }
    }

    private static double N(JsonNode? node) => (double)node!;

    private static double[] D(JsonNode? node) => [.. node!.AsArray().Select(v => (double)v!)];

    private static void Same(JsonNode? expected, TestResult actual, double tolerancePValue = 1e-7, double tolerance = 1e-9)
    {
        Check.Near(N(expected![0]), actual.Statistic, tolerance);
        Check.Near(N(expected[1]), actual.PValue, tolerancePValue);
    }

    private static void Relative(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-9 * expected + 1e-300, $"expected {expected:R}, got {actual:R}");

    private static void AllNear(double[] expected, double?[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Check.Near(expected[i], actual[i]);
    }
}
