using System.Globalization;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;
using Plumbline.Statistics;

namespace Plumbline.Bench.Review;

/// <summary>
/// Whether answers to what the default policy draws make a model better where it is bad, more than as many answers to what chance draws.
/// The watched model is the one that is trained again: boosted trees of one half of the reference, whose answers the server gets. The rows
/// of production are parted in three by chance: ground truth of the earlier ones has come, in which the server's own search finds cold
/// spots, the first of which is the weak segment; from the second part is drawn; the third tells how good the models are, so that nothing
/// is judged by a row that it was chosen or trained with. The earlier rows train neither. An answered row is trained with the square root
/// of what it stands for (1 by the probability of its choice): between learning only where one looked and learning as by chance. Beside it
/// the same with all answered rows alike.
/// </summary>
internal static class LiftBenchmark
{
    private const int FewestRows = 60;

    // The search for cold spots looks back from now.
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    public static async Task<int> RunAsync(string[] args)
    {
        if (LabelledSet.Folder(args) is not { } folder)
        {
            Console.WriteLine("The data sets are not here: name their folder with --data, or in PLUMBLINE_DATASETS.");
            return 1;
        }

        var only = Arguments.Text(args, "--set");
        var share = Arguments.Number(args, "--share", 0.05);
        var draws = Arguments.Number(args, "--draws", 10);
        var split = Arguments.Number(args, "--split", 1UL);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{share:P0} of a third drawn, boosted trees trained again, judged on another third; means of {draws} draws (-+ standard "
                    + $"error of the draws, split {split}). Accuracy in %, of bike_sharing the mean absolute error."
            )
        );
        Console.WriteLine(
            "| set | wrong | errors found | answers | weak segment | rows of it | answers in it (wrong): chance | policy "
                + "| before | + chance | + policy | policy - chance "
                + "| all answers alike | all rows: before | all rows: policy - chance |"
        );
        Console.WriteLine("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        var (looked, better) = (0, 0);
        foreach (var set in LabelledSet.All.Where(set => only is null || set.Name == only))
        {
            if (set.Missing(folder).ToList() is { Count: > 0 } missing)
            {
                Console.WriteLine($"| {set.Name} | missing: {string.Join(", ", missing)} |");
                continue;
            }

            if (await OfSetAsync(set, new LiftWorld(set, folder, split), share, draws, args) is { } gain)
            {
                looked++;
                better += gain > 0 ? 1 : 0;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The policy is better in {better} of {looked} sets."));
        return 0;
    }

    /// <summary>Policy minus chance on the weak segment, positive where the policy is better; null where it cannot be said.</summary>
    private static async Task<double?> OfSetAsync(LabelledSet set, LiftWorld world, double share, int draws, string[] args)
    {
        await using var host = await BenchHost.StartAsync();
        await ImportAsync(set, world, host);
        var model = host.Get<ModelCatalog>().Find(set.Name)!;
        var spot = (await host.Get<ColdSpotReader>().ReadAsync(model, default)).Result!.ColdSpots is [var first, ..] ? first : null;
        var weak = spot is null ? [] : world.In(spot);
        int[] inWeak = [.. world.Judged.Where(row => spot is not null && weak[row])];
        var perDay = (int)Math.Round(world.Drawn.Length * share);
        var standard = new ReviewPolicy();
        var byPolicy = standard with
        {
            Name = "default",
            PerDay = perDay,
            ColdSpotShare = Arguments.Number(args, "--cold-spots", standard.ColdSpotShare),
        };
        var byChance = new ReviewPolicy
        {
            Name = "chance",
            PerDay = perDay,
            UniformShare = 1,
        };
        List<DrawReport> reports = [];
        List<LiftRun> runs = [];
        for (var seed = 1; seed <= draws; seed++)
        {
            reports.Add(await DrawAsync(host, model, seed, byPolicy));
            if (inWeak.Length < FewestRows)
                continue;
            var policy = Answered(world, reports[^1], seed);
            var chance = Answered(world, await DrawAsync(host, model, seed, byChance), seed);
            // As many answers for both.
            var n = Math.Min(policy.Length, chance.Length);
            runs.Add(LiftRun.Of(world, weak, inWeak, policy[..n], chance[..n]));
        }

        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"| {set.Name} | {reports[0].PoolWrong / (double)reports[0].PoolLabelled:P1} | {Lift(reports):0.00} | {perDay:N0} "
        );
        if (runs.Count == 0)
        {
            Console.WriteLine($"{found}| {spot?.Text ?? "no cold spot was found"} | {inWeak.Length} | too few | | | | | | | | |");
            return null;
        }

        Console.WriteLine(found + Row(world, spot!, inWeak, runs));
        return runs.Average(run => run.Gain);
    }

    private static async Task ImportAsync(LabelledSet set, LiftWorld world, BenchHost host)
    {
        var folder = Directory.CreateTempSubdirectory("plumbline-lift-").FullName;
        try
        {
            var (earlier, drawn) = (Path.Combine(folder, "earlier"), Path.Combine(folder, "drawn"));
            world.Write(earlier, drawn);
            await SetImport.RunAsync(set, earlier, host, Today.AddDays(-2));
            var model = host.Get<ModelCatalog>().Find(set.Name)!;
            var search = host.Get<ColdSpotJobs>();
            search.Start(model, new ColdSpotRequest(ColdSpotLoss.Error));
            await search.WaitAsync(model, TimeSpan.FromMinutes(5), default);
            await SetImport.RunAsync(set, drawn, host, Today.AddDays(-1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<DrawReport> DrawAsync(BenchHost host, ModelDefinition model, int seed, ReviewPolicy policy) =>
        host.Get<DrawPreview>().PreviewAsync(model, (seed, policy), Midnight(-1), Midnight(0), default);

    private static DateTimeOffset Midnight(int day) => new(Today.AddDays(day), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>What was drawn, in an order of chance, with the probability of each.</summary>
    private static (int Row, double Probability)[] Answered(LiftWorld world, DrawReport report, int seed)
    {
        (int Row, double Probability)[] rows = [.. report.Draw.Rows.Select(row => (world.RowOf(row.PredictionId), row.Probability))];
        new RandomSource((ulong)seed).Shuffle(rows);
        return rows;
    }

    private static string Row(LiftWorld world, ColdSpot weak, int[] inWeak, List<LiftRun> runs)
    {
        var (before, beforeAll) = (world.Judge(world.Watched, inWeak), world.Judge(world.Watched, world.Judged));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {weak.Text} | {inWeak.Length:N0} | {Answers(run => run.InWeak.Chance, run => run.WrongInWeak.Chance)} "
                + $"| {Answers(run => run.InWeak.Policy, run => run.WrongInWeak.Policy)} | {before:0.00} "
                + $"| {runs.Average(run => run.Chance):0.00} | {runs.Average(run => run.Policy):0.00}"
                + $" | **{Figure(runs, run => run.Gain)}** | {Figure(runs, run => run.GainAlike)} "
                + $"| {beforeAll:0.00} | {Figure(runs, run => run.GainOfAll)} |"
        );

        string Answers(Func<LiftRun, int> all, Func<LiftRun, int> wrong) =>
            string.Create(CultureInfo.InvariantCulture, $"{runs.Average(all):N0}{(world.IsNumber ? "" : $" ({runs.Average(wrong):N0})")}");
    }

    private static double Lift(List<DrawReport> reports) =>
        reports.Sum(report => report.Wrong)
        / reports.Sum(report => (double)report.Labelled)
        / (reports[0].PoolWrong / (double)reports[0].PoolLabelled);

    private static string Figure(List<LiftRun> runs, Func<LiftRun, double> gain)
    {
        var mean = runs.Average(gain);
        var error = Math.Sqrt(runs.Sum(run => Math.Pow(gain(run) - mean, 2)) / Math.Max(1, runs.Count - 1) / runs.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{mean:+0.00;-0.00;0.00} -+ {error:0.00}");
    }
}
