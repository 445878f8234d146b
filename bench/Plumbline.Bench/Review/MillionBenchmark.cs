using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Access;
using Plumbline.Review.Answers;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;
using Plumbline.Store;

namespace Plumbline.Bench.Review;

/// <summary>What a draw of a busy day costs, and what a long queue costs whoever works on it.</summary>
internal static class MillionBenchmark
{
    private const double DrawGoalMs = 60_000;
    private const double NextGoalMs = 100;
    private const double PageGoalMs = 300;

    private sealed class Times(string name, double goalMs = double.PositiveInfinity)
    {
        private readonly List<double> _ms = [];

        public bool IsMissed => _ms.Max() > goalMs;

        public void Add(double ms) => _ms.Add(ms);

        public async Task MeasureAsync(Func<Task> action)
        {
            var watch = Stopwatch.StartNew();
            await action();
            Add(watch.Elapsed.TotalMilliseconds);
        }

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {_ms.Min():N0} .. {_ms.Max():N0} ms | {(double.IsFinite(goalMs) ? $"{goalMs:N0} ms" : "")} |"
            );
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var rows = Arguments.Number(args, "--rows", 1_000_000);
        var drawn = Arguments.Number(args, "--drawn", 50_000);
        var rounds = Arguments.Number(args, "--rounds", 3);
        await using var host = await BenchHost.StartAsync();
        var world = await MillionWorld.CreateAsync(host, rows);
        var tasks = new OpenTasks(host, world.Model);
        Console.WriteLine($"{rows:N0} predictions, {drawn:N0} drawn, {rounds} rounds; {ReviewBenchmark.Load()}");
        List<Times> all = [.. await DrawAsync(host, world, tasks, drawn, rounds)];
        var watch = Stopwatch.StartNew();
        var open = await tasks.FillAsync();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{open:N0} open tasks, made in {watch.Elapsed.TotalSeconds:N0} s (not counted)")
        );
        var calls = Arguments.Number(args, "--calls", 200);
        all.AddRange(await WorkAsync(host, world, calls, rounds, ""));
        await tasks.LevelAsync();
        all.AddRange(await WorkAsync(host, world, calls, rounds, ", all of one rank"));
        Console.WriteLine($"afterwards: {ReviewBenchmark.Load()}");
        Console.WriteLine("| what | fastest .. slowest round | goal |");
        Console.WriteLine("|---|---:|---:|");
        all.ForEach(Console.WriteLine);
        return all.Exists(times => times.IsMissed) ? 1 : 0;
    }

    private static async Task<Times[]> DrawAsync(BenchHost host, MillionWorld world, OpenTasks tasks, int drawn, int rounds)
    {
        var (fit, scoring, draw, evidence) = (
            new Times("what scores learn of the reference, once"),
            new Times("all scores of all predictions"),
            new Times("scores and draw"),
            new Times("scores and reasons of what was drawn")
        );
        var whole = new Times("the whole pass: scores, draw, reasons, tasks stored", DrawGoalMs);
        await fit.MeasureAsync(() => host.Get<PredictionScores>().OfAsync(world.Model, MillionWorld.From, MillionWorld.To, default));
        // Not enabled, so that the schedule does not draw beside us.
        var policy = new ReviewPolicy
        {
            Name = "million",
            Enabled = false,
            PerDay = drawn,
        };
        await host.Get<PolicyStore>().PutAsync(world.Model, policy, "bench", default);
        var stored = (await host.Get<PolicyStore>().FindAsync(world.Model, policy.Name, default))!;
        for (var round = 0; round < rounds; round++)
        {
            await scoring.MeasureAsync(() => ScoreAsync(host, world));
            Draw? chosen = null;
            await draw.MeasureAsync(async () =>
                chosen = await host.Get<PolicyDraw>()
                    .DrawAsync(world.Model, (stored.Id, policy), MillionWorld.From, MillionWorld.To, default)
            );
            PredictionPlace[] places = [.. chosen!.Rows.Select(row => new PredictionPlace(row.PredictionId, row.IdHash, row.Timestamp))];
            await evidence.MeasureAsync(() => host.Get<ScoreReader>().ReadAsync(world.Model, places, default));
            await tasks.ClearAsync();
            await whole.MeasureAsync(() =>
                host.Get<DrawPass>().DrawAsync(world.Model, stored, MillionWorld.From, MillionWorld.To, isNext: false, default)
            );
            Console.WriteLine(
                $"round {round + 1}: {chosen.Population:N0} could be drawn, {chosen.Rows.Count:N0} were; {ReviewBenchmark.Load()}"
            );
        }

        return [fit, scoring, draw, evidence, whole];
    }

    private static async Task ScoreAsync(BenchHost host, MillionWorld world)
    {
        var set = await host.Get<PredictionScores>().OfAsync(world.Model, MillionWorld.From, MillionWorld.To, default);
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    $"SELECT {string.Join(", ", set.Scores.Select(score => $"sum({score.Sql})"))} "
                        + $"FROM {ModelTables.Predictions(world.Model.Id)}",
                    [.. set.Scores.SelectMany(score => score.Parameters)]
                ),
                default
            );
        rows.Read();
    }

    private static async Task<Times[]> WorkAsync(BenchHost host, MillionWorld world, int calls, int rounds, string how)
    {
        var (middle, slowest) = (new Times($"the next task, median{how}"), new Times($"the next task, 99 of 100{how}", NextGoalMs));
        var (page, later, answer) = (
            new Times($"first page of the list with counts, over HTTP{how}", PageGoalMs),
            new Times($"hundredth page of the list with counts, over HTTP{how}", PageGoalMs),
            new Times($"an answer, median{how}")
        );
        var model = world.Model;
        for (var round = 0; round < rounds; round++)
        {
            List<double> next = [],
                answers = [];
            for (var call = 0; call < calls; call++)
            {
                var actor = new Actor(string.Create(CultureInfo.InvariantCulture, $"a{round}-{call}{how}"), ApiRole.Review, [], null);
                var watch = Stopwatch.StartNew();
                var task = await host.Get<TaskQueue>().NextAsync(actor, model, null, default);
                next.Add(watch.Elapsed.TotalMilliseconds);
                // Some answer, most have theirs on the screen.
                if (call % 10 != 0)
                    continue;
                watch.Restart();
                await host.Get<AnswerRecording>().AnswerAsync(actor, model, task!.Id, new ReviewAnswer { Value = "1" }, default);
                answers.Add(watch.Elapsed.TotalMilliseconds);
            }

            next.Sort();
            answers.Sort();
            middle.Add(next[calls / 2]);
            slowest.Add(next[calls * 99 / 100]);
            answer.Add(answers[answers.Count / 2]);
            await PagesAsync(host, model.Name, page, later);
        }

        return [middle, slowest, page, later, answer];
    }

    private static async Task PagesAsync(BenchHost host, string model, Times first, Times later)
    {
        var address = $"/v1/models/{model}/review/tasks";
        var cursor = "";
        await first.MeasureAsync(async () => cursor = await NextOfAsync(address));
        for (var skipped = 2; skipped < 100; skipped++)
            cursor = await NextOfAsync($"{address}?cursor={cursor}");
        await later.MeasureAsync(() => NextOfAsync($"{address}?cursor={cursor}"));

        async Task<string> NextOfAsync(string path) =>
            (await host.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(path)).GetProperty("next").GetString()!;
    }
}
