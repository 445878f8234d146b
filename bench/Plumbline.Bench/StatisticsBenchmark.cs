using System.Diagnostics;
using System.Globalization;
using Plumbline.Statistics;
using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Estimation;
using Plumbline.Statistics.Multivariate;
using Plumbline.Statistics.Outliers;
using Plumbline.Statistics.Performance;
using Plumbline.Statistics.Trees;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Bench;

/// <summary>
/// The mathematics on one core: median of the runs' wall and processor time, and bytes allocated per run. Processor time is the one to
/// compare on a busy machine.
/// </summary>
internal static class StatisticsBenchmark
{
    public static int Run()
    {
        Console.WriteLine($"{"what", -44} {"n", 9} {"wall ms", 10} {"cpu ms", 10} {"KB allocated", 14}");
        foreach (var n in new[] { 1_000, 100_000, 1_000_000 })
            RunSize(n);
        RunMultivariate(5_000);
        return 0;
    }

    // Rows are of each side; 20 numeric columns.
    private static void RunMultivariate(int n)
    {
        var random = new RandomSource(2);
        var (reference, current) = (new FeatureTable(n), new FeatureTable(n));
        for (var c = 0; c < 20; c++)
        {
            reference = reference.WithNumeric($"c{c}", Normal(n, 0, random));
            current = current.WithNumeric($"c{c}", Normal(n, c == 3 ? 0.3 : 0, random));
        }

        double[] rows = Normal(20 * n, 0, random);
        var forest = IsolationForest.Fit(rows, 20);
        Measure("domain classifier, 20 columns, 5 folds", n, () => DomainClassifier.Measure(reference, current), 3);
        Measure("PCA reconstruction, fit and measure", n, () => PcaReconstruction.Fit(reference).Measure(current), 3);
        Measure(
            "isolation forest, 20 columns, score all",
            n,
            () => Enumerable.Range(0, n).Sum(i => forest.Score(rows.AsSpan(20 * i, 20))),
            3
        );
    }

    private static void RunSize(int n)
    {
        var random = new RandomSource(1);
        var x = Normal(n, 0, random);
        var y = Normal(n, 0.02, random);
        var edges = PercentileEdges.FromSample(x.AsSpan(0, Math.Min(n, 100_000)));
        var reference = edges.Count(x, out _);
        var scores = new double[n];
        var truth = new bool[n];
        var predicted = new bool[n];
        for (var i = 0; i < n; i++)
        {
            scores[i] = random.NextDouble();
            truth[i] = random.NextDouble() < scores[i];
            predicted[i] = scores[i] > 0.5;
        }

        var estimator = BinaryPerformanceEstimator.Fit(scores, truth);
        var rows = new BinaryOutcome[n];
        for (var i = 0; i < n; i++)
            rows[i] = new BinaryOutcome(truth[i], predicted[i], scores[i]);
        var deciles = edges.ToDeciles(reference);
        Measure("PSI on deciles, from values", n, () => BinnedDistance.PopulationStability(deciles, edges.CountDeciles(y, out _)));
        Measure("percentile bins of values", n, () => edges.Count(y, out _));
        Measure("percentile edges from a sample", n, () => PercentileEdges.FromSample(x));
        Measure("Kolmogorov-Smirnov, asymptotic", n, () => KolmogorovSmirnov.Test(x, y, PValueMethod.Asymptotic));
        Measure("Cramer-von Mises", n, () => CramerVonMises.Test(x, y, PValueMethod.Asymptotic));
        Measure("Anderson-Darling", n, () => AndersonDarling.Test(x, y));
        Measure("Epps-Singleton", n, () => EppsSingleton.Test(x, y));
        Measure("Wasserstein", n, () => SampleDistance.Wasserstein(x, y));
        Measure("energy distance", n, () => SampleDistance.Energy(x, y));
        Measure("Mann-Whitney", n, () => MeanTests.MannWhitney(x, y));
        Measure("Welch", n, () => MeanTests.Welch(x, y));
        Measure("realised binary performance", n, () => BinaryPerformance.Of(rows));
        Measure("CBPE: fit", n, () => BinaryPerformanceEstimator.Fit(scores, truth));
        Measure("CBPE: estimate with intervals", n, () => estimator.Estimate(scores, predicted));
    }

    private static double[] Normal(int n, double mean, RandomSource random)
    {
        var values = new double[n];
        for (var i = 0; i < n; i++)
            values[i] = mean + random.NextGaussian();
        return values;
    }

    private static void Measure<T>(string what, int n, Func<T> run, int runs = 0)
    {
        runs =
            runs > 0 ? runs
            : n >= 1_000_000 ? 5
            : 15;
        var wall = new double[runs];
        var cpu = new double[runs];
        long allocated = 0;
        T? kept = default;
        for (var i = -2; i < runs; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var processor = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            kept = run();
            if (i < 0)
                continue;
            wall[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            cpu[i] = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        GC.KeepAlive(kept);
        Array.Sort(wall);
        Array.Sort(cpu);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -44} {n, 9} {wall[runs / 2], 10:0.00} {cpu[runs / 2], 10:0.00} {allocated / 1024.0, 14:0.0}"
            )
        );
    }
}
