using System.Globalization;

namespace Plumbline.Bench.Review;

/// <summary>What reviews are worth, and what they cost: <c>review sets</c>, <c>review lift</c> and <c>review million</c>.</summary>
internal static class ReviewBenchmark
{
    public static Task<int> RunAsync(string[] args) =>
        args.ElementAtOrDefault(1) switch
        {
            _ when args.Contains("--help") || args.Contains("-h") => Task.FromResult(Usage()),
            "sets" => SetsBenchmark.RunAsync(args),
            "lift" => LiftBenchmark.RunAsync(args),
            "million" => MillionBenchmark.RunAsync(args),
            _ => Task.FromResult(Usage()),
        };

    /// <summary>How busy the machine was: times mean little without it.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg")
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} processors, load of the last minute {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"
            )
            : string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load unknown");

    private static int Usage()
    {
        Console.WriteLine("dotnet run -c Release --project bench/Plumbline.Bench -- review <name>");
        Console.WriteLine("  sets [--data FOLDER] [--set NAME] [--share 0.05] [--draws 5]");
        Console.WriteLine("      how many of the predictions that the default policy draws are wrong, against as many drawn by chance, on");
        Console.WriteLine("      six public data sets with ground truth. Their folder: --data, else PLUMBLINE_DATASETS. A set is a folder");
        Console.WriteLine("      with reference.csv.gz, current.csv.gz and, where labels come later, current_labels.csv.gz.");
        Console.WriteLine("      It ends with 1 when fewer than four sets have a lift of 3.");
        Console.WriteLine("  lift [--data FOLDER] [--set NAME] [--share 0.05] [--draws 10] [--split 1]");
        Console.WriteLine(
            "      a simple model, watched and trained again with the answers to what the default policy draws from one half of"
        );
        Console.WriteLine(
            "      the rows, and with as many drawn by chance: accuracy on the weak segment of the other half (--split: its seed)."
        );
        Console.WriteLine("  million [--rows 1000000] [--drawn 50000] [--calls 200] [--rounds 3]");
        Console.WriteLine("      a day of so many predictions of 30 features: scores, draw and tasks, each apart; then with as many open");
        Console.WriteLine(
            "      tasks as predictions: the next task, a page of the list, an answer. It ends with 1 when a goal is missed."
        );
        return 2;
    }
}
