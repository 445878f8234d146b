using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;

namespace Plumbline.Bench.Review;

/// <summary>How much more often what a policy draws is wrong than what chance draws, on public sets with ground truth.</summary>
internal static class SetsBenchmark
{
    private const double WantedLift = 3;
    private const int WantedSets = 4;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(string[] args)
    {
        if (LabelledSet.Folder(args) is not { } folder)
        {
            Console.WriteLine("The data sets are not here: name their folder with --data, or in PLUMBLINE_DATASETS.");
            return 1;
        }

        var only = Arguments.Text(args, "--set");
        var share = Arguments.Number(args, "--share", 0.05);
        var draws = Arguments.Number(args, "--draws", 5);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{share:P0} of the rows drawn by the default policy; means of {draws} draws.")
        );
        Console.WriteLine("| set | rows | base error rate | drawn | wrong | by chance | lift | largest possible | uncertainty | oddity |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        var (looked, reached) = (0, 0);
        foreach (var set in LabelledSet.All.Where(set => only is null || set.Name == only))
        {
            if (set.Missing(folder).ToList() is { Count: > 0 } missing)
            {
                Console.WriteLine($"| {set.Name} | missing: {string.Join(", ", missing)} |");
                continue;
            }

            looked++;
            reached += await OfSetAsync(set, folder, share, draws) >= WantedLift ? 1 : 0;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reached} of {looked} sets have a lift of {WantedLift} or more."));
        return only is null && reached < WantedSets ? 1 : 0;
    }

    private static async Task<double> OfSetAsync(LabelledSet set, string folder, double share, int draws)
    {
        // A server of its own for each: none has more to do than its own set.
        await using var host = await BenchHost.StartAsync();
        await SetImport.RunAsync(set, folder, host, DateOnly.FromDateTime(Start.UtcDateTime));
        var model = host.Get<ModelCatalog>().Find(set.Name)!;
        var all = await PreviewAsync(host, model, new ReviewPolicy { UniformShare = 1, PerDay = 1_000_000 }, 1);
        var standard = new ReviewPolicy { Name = "default", PerDay = (int)Math.Round(all[0].PoolLabelled * share) };
        var found = await PreviewAsync(host, model, standard, draws);
        var rate = all[0].PoolWrong / (double)all[0].PoolLabelled;
        var drawn = found.Average(report => report.Labelled);
        var lift = Lift(found);
        var uncertainty = ScoreKind.Uncertainty.Fits(model) ? Figure(Lift(await AloneAsync(ScoreKind.Uncertainty))) : "-";
        var oddity = Figure(Lift(await AloneAsync(ScoreKind.Oddity)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {set.Name} | {all[0].PoolLabelled:N0} | {rate:P1} | {drawn:N0} | {found.Average(report => report.Wrong):N0} "
                    + $"| {drawn * rate:N0} | {Figure(lift)} | {Figure(1 / rate)} | {uncertainty} | {oddity} |"
            )
        );
        return lift;

        Task<List<DrawReport>> AloneAsync(ScoreKind kind) =>
            PreviewAsync(host, model, standard with { Weights = ImmutableSortedDictionary<string, double>.Empty.Add(kind.Name, 1) }, draws);
    }

    private static async Task<List<DrawReport>> PreviewAsync(BenchHost host, ModelDefinition model, ReviewPolicy policy, int draws)
    {
        var reports = new List<DrawReport>();
        // The number of a policy is the seed of its draws.
        for (var seed = 1; seed <= draws; seed++)
            reports.Add(await host.Get<DrawPreview>().PreviewAsync(model, (seed, policy), Start, Start.AddDays(1), default));
        return reports;
    }

    private static double Lift(List<DrawReport> reports) =>
        reports.Sum(report => report.Wrong)
        / reports.Sum(report => (double)report.Labelled)
        / (reports[0].PoolWrong / (double)reports[0].PoolLabelled);

    private static string Figure(double lift) => lift.ToString("0.00", CultureInfo.InvariantCulture);
}
