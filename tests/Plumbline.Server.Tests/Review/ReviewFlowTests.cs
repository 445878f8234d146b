using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Access;
using Plumbline.Registry.State;
using Plumbline.Review.Answers;
using Plumbline.Review.Tasks;

namespace Plumbline.Server.Tests.Review;

/// <summary>From a policy to tasks, answers and ground truth, asked of the real server.</summary>
public sealed class ReviewFlowTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_become_ground_truth_that_a_later_answer_supersedes()
    {
        var world = await WithTasksAsync(
            new
            {
                per_day = 40,
                guidelines = "Look twice.",
                show_answer = true,
            }
        );
        var first = await NextAsync(world);
        Assert.Equal("Look twice.", first.GetProperty("guidelines").GetString());
        Assert.Equal(["0", "1"], first.GetProperty("classes").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(3, first.GetProperty("features").EnumerateObject().Count());
        Assert.Contains(first.GetProperty("answer").GetString(), new[] { "0", "1" });
        // The same person gets the same task again until it is answered.
        Assert.Equal(Id(first), Id(await NextAsync(world)));
        await AnswerAsync(
            world,
            Id(first),
            new
            {
                value = "1",
                note = "sure",
                sure = 0.9,
                seconds = 4.5,
            }
        );
        var prediction = first.GetProperty("prediction_id").GetString()!;
        await UntilTruthAsync(world, prediction, "1");
        var decision = await world.GetAsync($"predictions/{prediction}");
        Assert.Equal("review", decision.GetProperty("ground_truth").GetProperty("source").GetString());

        // Taken back, the task is open again; the next answer supersedes, and what was said before stays in the history.
        var (status, body) = await world.SendAsync(HttpMethod.Delete, $"review/tasks/{Id(first)}/answer");
        Assert.True(status == 200, body.ToString());
        Assert.Contains("until the next answer", body.GetProperty("detail").GetString());
        await AnswerAsync(world, Id(first), new { value = "0" });
        await UntilTruthAsync(world, prediction, "0");
        Assert.Equal(2, (await world.GetAsync($"predictions/{prediction}")).GetProperty("ground_truth_history").GetArrayLength());
        var done = await world.GetAsync("review/tasks?state=done");
        Assert.Equal(Id(first), done.GetProperty("tasks")[0].GetProperty("task").GetInt64());
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_with_the_reason_and_nothing_is_lost()
    {
        var world = await WithTasksAsync(new { per_day = 40 });
        var task = Id(await NextAsync(world));
        foreach (
            var (answer, field) in new (object, string)[]
            {
                (new { value = "maybe" }, "value"),
                (new { kind = "skip", value = "1" }, "value"),
                (new { value = "1", sure = 2 }, "sure"),
                (new { value = "1", seconds = -1 }, "seconds"),
                (new { kind = "value" }, "value"),
            }
        )
        {
            var (status, body) = await world.SendAsync(HttpMethod.Post, $"review/tasks/{task}/answer", answer);
            Assert.Equal(400, status);
            Assert.Contains(field, body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        }

        Assert.Equal(400, (await world.SendAsync(HttpMethod.Post, $"review/tasks/{task}/answer", new { charm = 1 })).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Post, "review/tasks/999999999/answer", new { value = "1" })).Status);
        Assert.Equal(409, (await world.SendAsync(HttpMethod.Delete, $"review/tasks/{task}/answer")).Status);
        // Twice the same is once; another one has to be preceded by taking the first back.
        Assert.Equal("taken", await AnswerAsync(world, task, new { value = "1" }));
        Assert.Equal("repeated", await AnswerAsync(world, task, new { value = "1" }));
        var (conflict, why) = await world.SendAsync(HttpMethod.Post, $"review/tasks/{task}/answer", new { value = "0" });
        Assert.Equal(409, conflict);
        Assert.Contains("take that back first", why.GetProperty("detail").GetString());
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Get, "review/tasks?state=lost")).Status);
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Get, "review/tasks?cursor=lost")).Status);
    }

    [Fact]
    public async Task Two_annotators_share_the_tasks_and_a_dispute_is_decided_by_a_third()
    {
        var world = await WithTasksAsync(new { per_day = 40, annotators = 2 });
        var (queue, recording) = (host.Get<TaskQueue>(), host.Get<AnswerRecording>());
        var (ann, ben) = (Of("ann"), Of("ben"));
        var hers = (await queue.NextAsync(ann, world.Model, null, Ct))!;
        var his = (await queue.NextAsync(ben, world.Model, null, Ct))!;
        Assert.NotEqual(hers.Id, his.Id);
        Assert.Equal(AnswerOutcome.Locked, (await Say(ben, hers.Id, "1")).Outcome);
        Assert.Equal(TaskState.Open, (TaskState)(await Say(ann, hers.Id, "1")).Task!.State);
        Assert.Equal(TaskState.Disputed, (TaskState)(await Say(ben, hers.Id, "0")).Task!.State);
        Assert.Equal(AnswerOutcome.Nothing, (await recording.DecideAsync(Of("eve"), world.Model, his.Id, Value("1"), Ct)).Outcome);
        var decided = await recording.DecideAsync(Of("eve"), world.Model, hers.Id, Value("0"), Ct);
        Assert.Equal((TaskState.Done, "0"), ((TaskState)decided.Task!.State, decided.Task.Resolved));
        // Who skips is not shown it again; others are.
        Assert.Equal(
            AnswerOutcome.Taken,
            (await recording.AnswerAsync(ben, world.Model, his.Id, new() { Kind = AnswerKind.Skip }, Ct)).Outcome
        );
        Assert.NotEqual(his.Id, (await queue.NextAsync(ben, world.Model, null, Ct))!.Id);
        Assert.Equal(his.Id, (await queue.NextAsync(ann, world.Model, null, Ct))!.Id);
        // Both find it broken: no ground truth follows.
        await recording.WithdrawAsync(ben, his.Id, Ct);
        await recording.AnswerAsync(ann, world.Model, his.Id, new() { Kind = AnswerKind.Broken }, Ct);
        var broken = await recording.AnswerAsync(ben, world.Model, his.Id, new() { Kind = AnswerKind.Broken }, Ct);
        Assert.Equal((TaskState.Broken, null), ((TaskState)broken.Task!.State, broken.Task.Resolved));
        // A third answer after the end is kept and changes nothing.
        var late = await Say(Of("eve"), his.Id, "1");
        Assert.Equal((AnswerOutcome.Late, TaskState.Broken), (late.Outcome, (TaskState)late.Task!.State));

        Task<AnswerResult> Say(Actor who, long task, string value) => recording.AnswerAsync(who, world.Model, task, Value(value), Ct);
    }

    [Fact]
    public async Task What_was_said_and_how_well_annotators_agree_is_told()
    {
        var world = await WithTasksAsync(new { per_day = 60, annotators = 2 });
        var recording = host.Get<AnswerRecording>();
        var tasks = (await host.Get<TaskQueue>().PageAsync(world.Model, TaskState.Open, null, 20, Ct)).ToList();
        Assert.Equal(20, tasks.Count);
        Assert.Equal(JsonValueKind.Null, (await world.GetAsync("review/annotators")).GetProperty("agreement").ValueKind);
        foreach (var (i, task) in tasks.Index())
        {
            await recording.AnswerAsync(Of("ann"), world.Model, task.Id, Value(i < 10 ? "1" : "0"), Ct);
            // They differ about the first four: of ten "1" of hers he says six, and "0" of all others.
            await recording.AnswerAsync(Of("ben"), world.Model, task.Id, Value(i is >= 4 and < 10 ? "1" : "0"), Ct);
        }

        var agreement = (await world.GetAsync("review/annotators")).GetProperty("agreement");
        Assert.Equal(20, agreement.GetProperty("tasks").GetInt32());
        Assert.Equal(0.8, agreement.GetProperty("percent").GetProperty("value").GetDouble(), 9);
        var pair = Assert.Single(agreement.GetProperty("pairs").EnumerateArray());
        Assert.Equal(["ann", "ben"], pair.GetProperty("annotators").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal((20, 16), (pair.GetProperty("tasks").GetInt32(), pair.GetProperty("same").GetInt32()));
        // By chance 0.5 x 0.3 + 0.5 x 0.7 = 0.5; Fleiss takes both as one: 0.4 and 0.6, 0.52.
        Assert.Equal(0.6, pair.GetProperty("cohen_kappa").GetProperty("value").GetDouble(), 9);
        Assert.Equal((0.8 - 0.52) / 0.48, agreement.GetProperty("fleiss_kappa").GetProperty("value").GetDouble(), 9);
        var alpha = agreement.GetProperty("krippendorff_alpha");
        Assert.Equal(1 - (0.2 / (2.0 * 16 * 24 / (40 * 39))), alpha.GetProperty("value").GetDouble(), 9);
        Assert.True(alpha.GetProperty("lower").GetDouble() < 0.6);

        var said = (await world.GetAsync($"review/tasks/{tasks[0].Id}/answers")).GetProperty("answers").EnumerateArray();
        Assert.Equal(
            [("ann", "1", false), ("ben", "0", false)],
            said.Select(one =>
                (one.GetProperty("annotator").GetString()!, one.GetProperty("value").GetString()!, one.GetProperty("decision").GetBoolean())
            )
        );
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, "review/tasks/999999999/answers")).Status);
    }

    [Fact]
    public async Task Predictions_that_somebody_names_come_first_and_once()
    {
        var world = await WithTasksAsync(new { per_day = 40 });
        var open = (await world.GetAsync("review/tasks?limit=500")).GetProperty("tasks").EnumerateArray().ToList();
        var chosen = open[0].GetProperty("prediction_id").GetString()!;
        var ids = open.Select(task => task.GetProperty("prediction_id").GetString()!).ToHashSet(StringComparer.Ordinal);
        var other = ReviewWorld.Rows(800, 21, ReviewWorld.LastHour).First(row => !ids.Contains(row.Id)).Id;
        var named = new { prediction_ids = new[] { chosen, other, other, "none" }, annotators = 2 };
        var (status, body) = await world.SendAsync(HttpMethod.Post, "review/tasks", named);
        Assert.Equal((200, 1, 1), (status, body.GetProperty("made").GetInt32(), body.GetProperty("known").GetInt32()));
        Assert.Equal(["none"], body.GetProperty("missing").EnumerateArray().Select(one => one.GetString()));
        var first = (await world.GetAsync("review/tasks?limit=1")).GetProperty("tasks")[0];
        Assert.Equal((other, 2), (first.GetProperty("prediction_id").GetString(), first.GetProperty("wanted").GetInt32()));
        Assert.Equal(other, (await NextAsync(world)).GetProperty("prediction_id").GetString());
        Assert.Equal(0, (await world.SendAsync(HttpMethod.Post, "review/tasks", named)).Body.GetProperty("made").GetInt32());
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Post, "review/tasks", new { annotators = 0 })).Status);
    }

    [Fact]
    public async Task A_stretch_that_was_empty_is_drawn_again_when_its_predictions_have_come()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.SendAsync(HttpMethod.Put, "review/policies/p", new { per_day = 100, uniform_share = 1 });
        await UntilAsync(async () => Drawn(await world.GetAsync("review/policies")), "the policy has drawn");
        Assert.Equal(0, (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength());
        await world.PostAsync(ReviewWorld.Rows(400, 22, ReviewWorld.LastHour.AddHours(-5)));
        await host.WaitUntilComputedAsync(world.Name);
        await UntilAsync(async () => (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength() > 0, "there are tasks");

        static bool Drawn(JsonElement policies) =>
            policies.GetProperty("policies")[0].GetProperty("drawn_to").ValueKind != JsonValueKind.Null;
    }

    [Fact]
    public async Task However_many_take_at_once_no_task_is_given_twice_and_pages_hold_every_task_once()
    {
        var world = await WithTasksAsync(new { per_day = 60 });
        var queue = host.Get<TaskQueue>();
        var open = new List<long>();
        string? cursor = null;
        do
        {
            var page = await world.GetAsync($"review/tasks?limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            open.AddRange(page.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("task").GetInt64()));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);
        Assert.Equal(open.Count, open.Distinct().Count());
        Assert.InRange(open.Count, 30, 90);
        var taken = await Task.WhenAll(
            Enumerable.Range(0, open.Count + 5).Select(i => queue.NextAsync(Of($"annotator-{i}"), world.Model, null, Ct))
        );
        Assert.Equal(open.Order(), taken.OfType<ReviewTaskRow>().Select(task => task.Id).Order());
    }

    [Fact]
    public async Task Tasks_of_few_ranks_come_in_the_order_of_their_numbers_and_are_counted_by_state()
    {
        var world = await WithTasksAsync(new { per_day = 100 });
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync(Ct))
        {
            var all = db.ReviewTasks.Where(task => task.ModelId == world.Model.Id);
            await all.ExecuteUpdateAsync(set => set.SetProperty(task => task.Rank, task => task.Id % 3), Ct);
        }

        var queue = host.Get<TaskQueue>();
        var tasks = new List<ReviewTaskRow>();
        while (true)
        {
            (double, long)? after = tasks.Count == 0 ? null : (tasks[^1].Rank, tasks[^1].Id);
            var page = await queue.PageAsync(world.Model, TaskState.Open, after, 7, Ct);
            tasks.AddRange(page);
            if (page.Count < 7)
                break;
        }

        Assert.True(tasks.Count > 50);
        Assert.Equal(
            tasks.OrderByDescending(task => task.Rank).ThenBy(task => task.Id).Select(task => task.Id),
            tasks.Select(task => task.Id)
        );
        Assert.Equal(tasks.Count, tasks.DistinctBy(task => task.Id).Count());
        foreach (var (task, i) in tasks.Take(5).Select((task, i) => (task, i)))
            Assert.Equal(task.Id, (await queue.NextAsync(Of($"annotator-{i}"), world.Model, null, Ct))!.Id);
        await host.Get<AnswerRecording>().AnswerAsync(Of("annotator-0"), world.Model, tasks[0].Id, Value("1"), Ct);
        var counts = (await world.GetAsync("review/tasks")).GetProperty("counts");
        Assert.Equal(tasks.Count - 1, counts.GetProperty("open").GetInt32());
        Assert.Equal(1, counts.GetProperty("done").GetInt32());
        Assert.False(counts.TryGetProperty("broken", out _));
        Assert.Equal(tasks.Count - 1, (await queue.CountsAsync(Ct))[world.Model.Id][TaskState.Open]);
    }

    [Fact]
    public async Task A_policy_draws_each_stretch_once_and_a_deleted_prediction_is_told()
    {
        var world = await WithTasksAsync(new { per_day = 40 });
        var from = ReviewWorld
            .LastHour.ToString("O", System.Globalization.CultureInfo.InvariantCulture)
            .Replace("+", "%2B", StringComparison.Ordinal);
        var to = ReviewWorld
            .LastHour.AddHours(1)
            .ToString("O", System.Globalization.CultureInfo.InvariantCulture)
            .Replace("+", "%2B", StringComparison.Ordinal);
        var (status, body) = await world.SendAsync(HttpMethod.Post, $"review/policies/p/draw?from={from}&to={to}");
        Assert.Equal((409, "already_drawn"), (status, body.GetProperty("code").GetString()));
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Post, "review/policies/p/draw?from=x")).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Post, $"review/policies/q/draw?from={from}&to={to}")).Status);
        var task = Id(await NextAsync(world));
        await host.Get<Store.IColumnStore>()
            .ExecuteAsync(new Store.SqlStatement($"TRUNCATE TABLE {Store.ModelTables.Predictions(world.Model.Id)}"), Ct);
        var (gone, why) = await world.SendAsync(HttpMethod.Post, $"review/tasks/{task}/answer", new { value = "1" });
        Assert.Equal((410, "prediction_deleted"), (gone, why.GetProperty("code").GetString()));
    }

    private static Actor Of(string name) => new(name, ApiRole.Admin, [], null);

    private static ReviewAnswer Value(string value) => new() { Value = value };

    private static long Id(JsonElement task) => task.GetProperty("task").GetInt64();

    private static async Task<JsonElement> NextAsync(ReviewWorld world)
    {
        var (status, body) = await world.SendAsync(HttpMethod.Post, "review/next");
        Assert.True(status == 200, $"{status} {body}");
        return body;
    }

    private static async Task<string?> AnswerAsync(ReviewWorld world, long task, object answer)
    {
        var (status, body) = await world.SendAsync(HttpMethod.Post, $"review/tasks/{task}/answer", answer);
        Assert.True(status == 200, body.ToString());
        return body.GetProperty("outcome").GetString();
    }

    private static async Task UntilTruthAsync(ReviewWorld world, string prediction, string value)
    {
        for (var i = 0; ; i++)
        {
            var truth = (await world.GetAsync($"predictions/{prediction}")).GetProperty("ground_truth");
            if (truth.ValueKind == JsonValueKind.Object && truth.GetProperty("value").GetString() == value)
                return;
            Assert.True(i < 300, $"{prediction} has {truth}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 900, $"Not so after 90 s: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }
    }

    private async Task<ReviewWorld> WithTasksAsync(object policy)
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.PostAsync(ReviewWorld.Rows(800, 21, ReviewWorld.LastHour));
        await host.WaitUntilComputedAsync(world.Name);
        var (status, body) = await world.SendAsync(HttpMethod.Put, "review/policies/p", policy);
        Assert.True(status == 200, body.ToString());
        for (var i = 0; (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength() == 0; i++)
        {
            Assert.True(i < 300, "No tasks after 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        return world;
    }
}
