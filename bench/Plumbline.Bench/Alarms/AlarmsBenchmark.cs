using System.Globalization;
using Plumbline.Statistics;

namespace Plumbline.Bench.Alarms;

/// <summary>False alarms per 30 days without drift, and windows until a change is found.</summary>
internal static class AlarmsBenchmark
{
    private const ulong ReportingSeed = 20_261_122;
    private const int ReferenceWindows = 28 * 24;

    private static readonly int[] Sizes = [200, 2000, 20_000];

    public static int Run(string[] args)
    {
        // Months are asked for per scenario, and spread over the sizes of windows.
        var asked = Arguments.Number(args, "--months", 200);
        var months = (asked + Sizes.Length - 1) / Sizes.Length;
        var runs = Arguments.Number(args, "--runs", Math.Max(40, asked));
        var usual = Math.Max(1, Arguments.Number(args, "--usual", Math.Max(2, months / 20)));
        var reference = Arguments.Number(args, "--reference-days", ReferenceWindows / 24) * 24;
        var seed = (ulong)Arguments.Number(args, "--seed", (int)ReportingSeed);
        var scenarios = Enum.GetValues<AlarmScenario>().Where(s => !args.Contains("--scenario") || args.Contains(s.ToString())).ToArray();
        var started = System.Diagnostics.Stopwatch.StartNew();
        if (!args.Contains("--only-delays"))
            FalseAlarms(scenarios, months, usual, reference, seed);
        if (!args.Contains("--only-false-alarms"))
            Delays(scenarios, runs, reference, seed + 1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{started.Elapsed.TotalSeconds:0} s"));
        return 0;
    }

    private static void FalseAlarms(AlarmScenario[] scenarios, int months, int usual, int reference, ulong seed)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"False alarms per 30 days without drift: {QuietMonths.Features} features x (5 segments + all rows) = "
                    + $"{QuietMonths.Streams} streams, hourly windows, reference of {reference / 24} days."
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Plumbline: mean over {months} months each ({months * Sizes.Length} per scenario); the others: {usual}. "
                    + $"In brackets: share of windows with any alert."
            )
        );
        Console.WriteLine(
            "| scenario | rows | Plumbline (2 s.e.) | months with any | paging (effect >= floor) | "
                + $"{string.Join(" | ", AlarmRules.Names)} | Evidently, half of the features |"
        );
        Console.WriteLine($"|---|---:|---:|---:|---:|{string.Concat(Enumerable.Repeat("---:|", AlarmRules.Names.Length))}---:|");
        var seeds = new RandomSource(seed);
        foreach (var scenario in scenarios)
        {
            foreach (var rows in Sizes)
            {
                var streams = Enumerable.Range(0, months).Select(_ => seeds.Fork()).ToArray();
                var found = new QuietMonth[months];
                Parallel.For(0, months, Cores, m => found[m] = QuietMonths.Run(scenario, rows, reference, m < usual, streams[m]));
                Print(scenario, rows, found);
            }
        }

        Console.WriteLine();
    }

    private static void Print(AlarmScenario scenario, int rows, QuietMonth[] found)
    {
        var mean = found.Average(m => m.Plumbline);
        var error = 2 * Math.Sqrt(found.Average(m => (m.Plumbline - mean) * (m.Plumbline - mean)) / found.Length);
        var followed = found.Where(m => m.Usual is not null).ToArray();
        var others = string.Join(
            " | ",
            AlarmRules.Names.Select(
                (_, rule) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{followed.Average(m => m.Usual![rule]):0} "
                            + $"({followed.Average(m => m.Windows![rule]) / QuietMonths.MonthWindows:P0})"
                    )
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {scenario} | {rows} | {mean:0.000} ({error:0.000}) | {found.Count(m => m.Plumbline > 0)} | "
                    + $"{found.Average(m => m.PlumblineLarge):0.000} | {others} | {followed.Average(m => m.Dataset):0} |"
            )
        );
    }

    private static void Delays(AlarmScenario[] scenarios, int runs, int reference, ulong seed)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Windows from a change to the alarm (1 = the window of the change), 2,000 rows a window, {runs} runs each; "
                    + $"at most {DetectionDelays.Patience} are waited for."
            )
        );
        Console.WriteLine("| change | scenario | median | 95 % | within 3 | found |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        var seeds = new RandomSource(seed);
        foreach (var scenario in scenarios)
        {
            foreach (var (name, isNumeric, shift) in Changes)
            {
                Print(
                    name,
                    scenario,
                    runs,
                    seeds,
                    random => DetectionDelays.OfFeature(scenario, 2000, reference, isNumeric, shift, random)
                );
            }
        }

        // A calibration run draws rows, not counts, and takes a hundred times as long.
        var few = Math.Max(20, runs / 5);
        Print(
            "scores too bold (odds x 0.8)",
            AlarmScenario.IndependentRows,
            few,
            seeds,
            random => DetectionDelays.OfCalibration(2000, 336, 0.8, 0, random)
        );
        Print(
            "base rate up (log-odds + 0.3)",
            AlarmScenario.IndependentRows,
            few,
            seeds,
            random => DetectionDelays.OfCalibration(2000, 336, 1, 0.3, random)
        );
        Console.WriteLine();
    }

    private static readonly (string Name, bool IsNumeric, FeatureShift Shift)[] Changes =
    [
        ("mean + 0.1 sd", true, new FeatureShift(Mean: 0.1)),
        ("mean + 0.25 sd", true, new FeatureShift(Mean: 0.25)),
        ("mean + 0.5 sd", true, new FeatureShift(Mean: 0.5)),
        ("mean + 1 sd", true, new FeatureShift(Mean: 1)),
        ("new category, 1 %", false, new FeatureShift(NewCategory: 0.01)),
        ("new category, 5 %", false, new FeatureShift(NewCategory: 0.05)),
        ("new category, 20 %", false, new FeatureShift(NewCategory: 0.2)),
        ("missing leak, 2 %", true, new FeatureShift(Missing: 0.02)),
        ("missing leak, 10 %", true, new FeatureShift(Missing: 0.1)),
    ];

    private static void Print(string name, AlarmScenario scenario, int runs, RandomSource seeds, Func<RandomSource, int?> run)
    {
        var streams = Enumerable.Range(0, runs).Select(_ => seeds.Fork()).ToArray();
        var delays = new int?[runs];
        Parallel.For(0, runs, Cores, r => delays[r] = run(streams[r]));
        var sorted = delays.Select(d => d ?? int.MaxValue).Order().ToArray();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {scenario} | {Text(sorted[(runs - 1) / 2])} | {Text(sorted[(int)Math.Ceiling(0.95 * runs) - 1])} | "
                    + $"{delays.Count(d => d <= 3) / (double)runs:P0} | {delays.Count(d => d is not null) / (double)runs:P0} |"
            )
        );
    }

    private static string Text(int delay) =>
        delay == int.MaxValue ? $"> {DetectionDelays.Patience}" : delay.ToString(CultureInfo.InvariantCulture);

    private static ParallelOptions Cores => new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
