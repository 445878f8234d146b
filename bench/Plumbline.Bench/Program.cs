using System.Globalization;
using Plumbline.Bench;

// One file per benchmark; each prints a table row that README.md holds.
return args.FirstOrDefault() switch
{
    "review" => await Plumbline.Bench.Review.ReviewBenchmark.RunAsync(args),
    _ when args.Contains("--help") || args.Contains("-h") => Usage(),
    "decode" => IngestBenchmark.Decode(),
    "ingest" => await IngestBenchmark.BatchesAsync(Number(args, 1, 20), Number(args, 2, 0)),
    "ingest-single" => await IngestBenchmark.SinglesAsync(Number(args, 1, 20)),
    "recovery" => await RecoveryBenchmark.RunAsync(Number(args, 1, 10)),
    "idle" => await Plumbline.Bench.Idle.IdleBenchmark.RunAsync(args),
    "profiles" => await ProfilesBenchmark.RunAsync(),
    "model-page" => await ModelPageBenchmark.RunAsync(),
    "pages" => await Plumbline.Bench.Pages.PagesBenchmark.RunAsync(args),
    "segments" => await SegmentsBenchmark.RunAsync(),
    "statistics" => StatisticsBenchmark.Run(),
    "alarms" => Plumbline.Bench.Alarms.AlarmsBenchmark.Run(args),
    "slices" => Plumbline.Bench.Slices.SlicesBenchmark.Run(args),
    "worlds" => await Plumbline.Bench.Worlds.WorldsBenchmark.RunAsync(args),
    "demo" => await Plumbline.Bench.Demo.DemoBenchmark.RunAsync(args),
    "report" => await Plumbline.Bench.Report.ReportBenchmark.RunAsync(args),
    "scrape" => await Plumbline.Bench.Exposition.ScrapeBenchmark.RunAsync(args),
    "fuzz" => await Plumbline.Bench.Fuzz.FuzzBenchmark.RunAsync(args),
    _ => Usage(),
};

static int Number(string[] args, int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.WriteLine("dotnet run -c Release --project bench/Plumbline.Bench -- <name>");
    Console.WriteLine("  decode                  the JSON decoder alone: rows per second and allocations");
    Console.WriteLine(
        "  ingest [seconds] [rate] batches of 1,000 predictions: acknowledged per second, memory, ratio to the engine's own insert"
    );
    Console.WriteLine("  ingest-single [seconds] single predictions over 64 connections");
    Console.WriteLine("  recovery [millions]     from SIGKILL under load to /readyz with so many million predictions stored, three times");
    Console.WriteLine(
        "  idle [--models 100] [--with-predictions n/10] [--hours 6] [--settle 180] [--seconds 60] [--seed 1] [--engine-mib n] "
            + "[--port 5304]"
    );
    Console.WriteLine(
        "                          models to which nothing happens: processor, memory, tables, what grows, "
            + "a registration and a start with them"
    );
    Console.WriteLine("  model-page              the reads of a model page: 100 features x 30 days of hourly points");
    Console.WriteLine("  pages [--loads 9] [--days 14] [--stops 3] [--port 5305] [--url http://HOST:PORT]");
    Console.WriteLine(
        "                          pages of the demonstration in Chromium: first chart, all drawn, bytes; how long a stop takes beside one"
    );
    Console.WriteLine("  profiles                from stored events to stored profiles: 3 million rows x 30 features over 8 windows");
    Console.WriteLine(
        "  segments                the segment table over 1,000 segments and 30 days, and how profile work grows with rows and segments"
    );
    Console.WriteLine(
        "  statistics              tests, distances and performance estimation at 1e3, 1e5 and 1e6 rows: time and allocations"
    );
    Console.WriteLine("  alarms [--months 200] [--runs 200] [--reference-days 28] [--seed n] [--only-delays | --only-false-alarms]");
    Console.WriteLine("                          false alarms per 30 days without drift, and windows until a change is found");
    Console.WriteLine("  slices [--runs 100] [--rows 100000] [--features 50] [--seed n] [--predicates 1..3] [--only-null]");
    Console.WriteLine(
        "                          planted cold spots found first, seconds per search, and false findings where there is none"
    );
    Console.WriteLine("  worlds [--days 60] [--seed n] [--world NAME] [--verbose]");
    Console.WriteLine(
        "                          simulated worlds through the real pipeline: the budget is kept, trouble is one incident each"
    );
    Console.WriteLine("  demo [--hours 1,6,11,16,21]");
    Console.WriteLine(
        "                          the demonstration started at hours of the day: seconds until ready, six troubles as six incidents"
    );
    Console.WriteLine(
        "  review sets | million   what a review finds on public data sets; a million predictions and tasks (--help says more)"
    );
    Console.WriteLine("  report [--rows 500000] [--runs 5]");
    Console.WriteLine(
        "                          the report of two files x 30 columns, CSV and Parquet, as a process: seconds, peak memory"
    );
    Console.WriteLine("  scrape [--models 200] [--features 50] [--hours 6]");
    Console.WriteLine("                          /metrics of many models: milliseconds, megabytes, memory above idle");
    Console.WriteLine("  fuzz [--requests 300000] [--rounds 1] [--seed 1] [--port 5979] [--log FILE]");
    Console.WriteLine(
        "                          mutated requests of every kind: no 5xx but 503 with a reason, counters equal to the answers, memory"
    );
    return 2;
}
