using System.Diagnostics;
using System.Globalization;
using Plumbline.Statistics;
using Plumbline.Statistics.Slices;

namespace Plumbline.Bench.Slices;

/// <summary>
/// How often a planted slice is the first finding, how long a search takes, and how often one is reported where there is none.
/// </summary>
internal static class SlicesBenchmark
{
    public static int Run(string[] args)
    {
        var runs = Arguments.Number(args, "--runs", 100);
        var rows = Arguments.Number(args, "--rows", 100_000);
        var features = Arguments.Number(args, "--features", 50);
        var seeds = new RandomSource((ulong)Arguments.Number(args, "--seed", 20_261_122));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows:N0} rows x {features} features, errors 10 %, in the planted slice 20 %; {runs} runs each, "
                    + $"{Environment.ProcessorCount} processors."
            )
        );
        Console.WriteLine(
            "| conditions | rows in the slice | found first | same conditions | anything else confirmed | seconds, "
                + "median | seconds, longest |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        var only = Arguments.Number(args, "--predicates", 0);
        foreach (var predicates in args.Contains("--only-null") ? [] : new[] { 1, 2, 3 })
        {
            foreach (var support in new[] { 0.02, 0.05, 0.10 })
            {
                // Forked for those left out too: a narrower run draws what the whole one draws.
                var random = seeds.Fork();
                if (only == 0 || only == predicates)
                    Planted(predicates, support, rows, features, runs, random);
            }
        }

        if (only == 0)
            Null(rows, features, runs, seeds.Fork());
        return 0;
    }

    private static void Planted(int predicates, double support, int rows, int features, int runs, RandomSource random)
    {
        var seconds = new double[runs];
        int first = 0,
            same = 0,
            more = 0;
        for (var run = 0; run < runs; run++)
        {
            var drawn = PlantedRows.Draw(rows, features, predicates, support, random.Fork());
            var result = Timed(drawn, run, out seconds[run]);
            first += drawn.IsFoundFirst(result) ? 1 : 0;
            same += result.Findings.Count > 0 && result.Findings[0].Predicates.SequenceEqual(drawn.Planted) ? 1 : 0;
            more += result.Findings.Count > 1 ? 1 : 0;
        }

        Array.Sort(seconds);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {predicates} | {support:P0} | {first / (double)runs:P0} | {same / (double)runs:P0} | {more / (double)runs:P0} | "
                    + $"{seconds[runs / 2]:0.00} | {seconds[^1]:0.00} |"
            )
        );
    }

    private static void Null(int rows, int features, int runs, RandomSource random)
    {
        var seconds = new double[runs];
        int reported = 0,
            candidates = 0;
        for (var run = 0; run < runs; run++)
        {
            var result = Timed(PlantedRows.Draw(rows, features, 0, 0, random.Fork()), run, out seconds[run]);
            reported += result.Findings.Count > 0 ? 1 : 0;
            candidates += result.Candidates > 0 ? 1 : 0;
        }

        Array.Sort(seconds);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"No weak slice: {reported} of {runs} runs reported one ({candidates} took one to the confirmation half); "
                    + $"{seconds[runs / 2]:0.00} s median, {seconds[^1]:0.00} s longest."
            )
        );
    }

    private static SliceSearchResult Timed(PlantedRows drawn, int run, out double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        var result = SliceSearch.Find(drawn.Table, drawn.Losses, new SliceSearchOptions { Seed = (ulong)run });
        seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return result;
    }
}
