namespace Plumbline.Statistics.Tests;

/// <summary>
/// Repeats a simulation on all cores. Each run has its own seeded stream, so that the outcome does not depend on the order in which runs
/// end.
/// </summary>
internal static class Simulations
{
    /// <summary>What is asked of every rate that is shown by simulation.</summary>
    public const int Runs = 2000;

    public static void Run(ulong seed, Action<RandomSource, int> simulation, int runs = Runs)
    {
        var seeds = new RandomSource(seed);
        var streams = new RandomSource[runs];
        for (var run = 0; run < runs; run++)
            streams[run] = seeds.Fork();
        Parallel.For(
            0,
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => simulation(streams[run], run)
        );
    }

    /// <summary>Number of runs of which the simulation says yes.</summary>
    public static int Count(ulong seed, Func<RandomSource, bool> simulation, int runs = Runs)
    {
        var hits = 0;
        Run(
            seed,
            (random, _) =>
            {
                if (simulation(random))
                    Interlocked.Increment(ref hits);
            },
            runs
        );
        return hits;
    }

    /// <summary>
    /// Kolmogorov's distance of p-values to the uniform law, times the root of their number: above 1.63 in one of a hundred families of
    /// truly uniform p-values.
    /// </summary>
    public static double DistanceToUniform(double[] p)
    {
        var sorted = (double[])p.Clone();
        Array.Sort(sorted);
        var distance = 0.0;
        for (var i = 0; i < sorted.Length; i++)
            distance = Math.Max(distance, Math.Max((i + 1.0) / sorted.Length - sorted[i], sorted[i] - (double)i / sorted.Length));
        return distance * Math.Sqrt(sorted.Length);
    }
}
