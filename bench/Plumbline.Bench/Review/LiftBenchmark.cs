using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;
using Plumbline.Statistics;
using Plumbline.Statistics.Slices;
using Plumbline.Statistics.Trees;
using Plumbline.Store;

namespace Plumbline.Bench.Review;

/// <summary>
/// Whether answers to what the default policy draws make a model better where it is bad, more than as many answers to what chance draws.
/// The rows of production are halved by chance: from one half is drawn, and its worst slice is the weak segment; the other half tells how
/// good the models are, so that nothing is judged by a row that it was chosen or trained with. An answered row is trained with the square
/// root of what it stands for (1 by the probability of its choice): between learning only where one looked and learning as by chance.
/// </summary>
internal static class LiftBenchmark
{
    /// <summary>Labelled rows of the reference beside each answer: a data set of answers is not thrown away among all old rows.</summary>
    private const int ReferenceRowsPerAnswer = 4;
    private const int FewestRows = 60;

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
        var draws = Arguments.Number(args, "--draws", 10);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{share:P0} of one half drawn, boosted trees trained again, judged on the other half; means of {draws} draws (-+ standard "
                    + $"error). Accuracy in %, of bike_sharing the mean absolute error."
            )
        );
        Console.WriteLine(
            "| set | answers | weak segment | rows of it | before | + chance | + policy | policy - chance | all rows: policy - chance |"
        );
        Console.WriteLine("|---|---:|---|---:|---:|---:|---:|---:|---:|");
        var (looked, better) = (0, 0);
        foreach (var set in LabelledSet.All.Where(set => only is null || set.Name == only))
        {
            if (set.Missing(folder).ToList() is { Count: > 0 } missing)
            {
                Console.WriteLine($"| {set.Name} | missing: {string.Join(", ", missing)} |");
                continue;
            }

            if (await OfSetAsync(set, folder, share, draws) is { } gain)
            {
                looked++;
                better += gain > 0 ? 1 : 0;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The policy is better in {better} of {looked} sets."));
        return 0;
    }

    /// <summary>Policy minus chance on the weak segment, positive where the policy is better; null where it cannot be said.</summary>
    private static async Task<double?> OfSetAsync(LabelledSet set, string folder, double share, int draws)
    {
        await using var host = await BenchHost.StartAsync();
        await SetImport.RunAsync(set, folder, host);
        var model = host.Get<ModelCatalog>().Find(set.Name)!;
        var world = await LiftWorld.ReadAsync(host, model, Start);
        if (world is null)
        {
            Console.WriteLine($"| {set.Name} | - | no feature that a simple model could learn from | | | | | | |");
            return null;
        }

        var (half, judged) = world.Halves();
        if (world.WeakSegment(half) is not { } weak)
        {
            Console.WriteLine($"| {set.Name} | - | no slice is worse than the rest | | | | | | |");
            return null;
        }

        int[] inWeak = [.. judged.Where(row => weak.Rows[row])];
        if (inWeak.Length < FewestRows)
        {
            Console.WriteLine($"| {set.Name} | - | {weak.Name} | {inWeak.Length} | too few | | | | |");
            return null;
        }

        var allowed = half.ToHashSet();
        var budget = (int)Math.Round(half.Length * share);
        var old = await world.ReferenceAsync(host, budget * ReferenceRowsPerAnswer);
        var before = world.Judge(world.Train(old, []), inWeak);
        List<(double Chance, double Policy, double ChanceAll, double PolicyAll)> found = [];
        for (var seed = 1; seed <= draws; seed++)
        {
            var byPolicy = await DrawnAsync(host, model, world, allowed, share, seed, new ReviewPolicy { Name = "default" });
            var byChance = await DrawnAsync(
                host,
                model,
                world,
                allowed,
                share,
                seed,
                new ReviewPolicy { Name = "chance", UniformShare = 1 }
            );
            // As many answers for both.
            var n = Math.Min(byPolicy.Length, byChance.Length);
            var (policy, chance) = (world.Train(old, byPolicy[..n]), world.Train(old, byChance[..n]));
            found.Add((world.Judge(chance, inWeak), world.Judge(policy, inWeak), world.Judge(chance, judged), world.Judge(policy, judged)));
        }

        var sign = model.Task == ModelTask.Regression ? -1 : 1;
        var gains = found.ConvertAll(run => sign * (run.Policy - run.Chance));
        var gainsOfAll = found.ConvertAll(run => sign * (run.PolicyAll - run.ChanceAll));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {set.Name} | {budget:N0} | {weak.Name} | {inWeak.Length:N0} | {before:0.00} | {found.Average(run => run.Chance):0.00} "
                    + $"| {found.Average(run => run.Policy):0.00} | **{Figure(gains)}** | {Figure(gainsOfAll)} |"
            )
        );
        return gains.Average();
    }

    private static string Figure(List<double> gains)
    {
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Sum(gain => Math.Pow(gain - mean, 2)) / Math.Max(1, gains.Count - 1) / gains.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{mean:+0.00;-0.00} -+ {error:0.00}");
    }

    /// <summary>Rows of the half that a policy draws, in an order of chance.</summary>
    private static async Task<(int Row, double Weight)[]> DrawnAsync(
        BenchHost host,
        ModelDefinition model,
        LiftWorld world,
        HashSet<int> half,
        double share,
        int seed,
        ReviewPolicy policy
    )
    {
        var drawn = await host.Get<DrawPreview>()
            .PreviewAsync(model, (seed, policy with { PerDay = (int)Math.Round(world.Rows * share) }), Start, Start.AddDays(1), default);
        (int Row, double Weight)[] rows =
        [
            .. drawn
                .Draw.Rows.Select(row => (Row: world.RowOf(row.PredictionId), Weight: Math.Sqrt(1 / row.Probability)))
                .Where(row => half.Contains(row.Row)),
        ];
        new RandomSource((ulong)seed).Shuffle(rows);
        return rows;
    }
}
