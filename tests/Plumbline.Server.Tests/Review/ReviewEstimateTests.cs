using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Review.Answers;
using Plumbline.Review.Tasks;

namespace Plumbline.Server.Tests.Review;

/// <summary>What answers to chosen tasks say of all predictions.</summary>
public sealed class ReviewEstimateTests(TestHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_to_what_is_likely_wrong_speak_for_all_predictions()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var traffic = ReviewWorld.Rows(4_000, 31, ReviewWorld.LastHour);
        await world.PostAsync(traffic);
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "review/policies/p", new { per_day = 400 });
        await AnswerAllAsync(world, traffic.ToDictionary(row => row.Id, row => row.Truth, StringComparer.Ordinal));

        var estimates = await world.GetAsync("review/estimates");
        Assert.Equal("accuracy", estimates.GetProperty("metric").GetString());
        var policy = Assert.Single(estimates.GetProperty("policies").EnumerateArray());
        Assert.Equal(4_000, policy.GetProperty("population").GetInt64());
        Assert.Equal(1, policy.GetProperty("resolved_share").GetDouble());
        var right = traffic.Average(row => row.IsRight ? 1.0 : 0);
        var done = await world.GetAsync("review/tasks?state=done&limit=500");
        var plain = done.GetProperty("tasks")
            .EnumerateArray()
            .Average(task => task.GetProperty("answer").GetString() == task.GetProperty("resolved").GetString() ? 1.0 : 0);
        // Chosen for being likely wrong, the tasks' own accuracy is far from that of the traffic; weighted it is not.
        Assert.True(plain < right - 0.08, $"{plain} of tasks are right, {right} of all.");
        foreach (var estimate in new[] { policy.GetProperty("answers"), policy.GetProperty("prediction_powered").GetProperty("estimate") })
        {
            var half = (estimate.GetProperty("upper").GetDouble() - estimate.GetProperty("lower").GetDouble()) / 2;
            Assert.InRange(estimate.GetProperty("value").GetDouble(), right - 2.2 * half, right + 2.2 * half);
        }

        Assert.True(policy.GetProperty("prediction_powered").GetProperty("labels_saved").GetDouble() >= 0);
        var annotators = (await world.GetAsync("review/annotators")).GetProperty("annotators");
        Assert.Equal(("ann", true), (annotators[0].GetProperty("annotator").GetString(), annotators[0].GetProperty("robot").GetBoolean()));
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Get, "review/estimates?days=0")).Status);
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Get, "review/annotators?days=9999")).Status);
    }

    [Fact]
    public async Task Tasks_with_a_known_answer_measure_annotators_and_become_no_ground_truth()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var traffic = ReviewWorld.Rows(2_000, 32, ReviewWorld.LastHour);
        await world.PostAsync(traffic);
        await world.PostTruthAsync(traffic.Take(1_000));
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "review/policies/p", new { per_day = 100, gold_share = 0.3 });
        // One who always says 1.
        await AnswerAllAsync(world, traffic.ToDictionary(row => row.Id, _ => "1", StringComparer.Ordinal));
        var record = (await world.GetAsync("review/annotators")).GetProperty("annotators")[0];
        var gold = record.GetProperty("gold").GetInt32();
        Assert.InRange(gold, 10, 60);
        Assert.InRange(record.GetProperty("gold_right").GetInt32(), 1, gold - 1);
        Assert.Equal(gold, traffic.Take(1_000).Count(row => Tasks(world).Any(task => task.PredictionId == row.Id)));
        foreach (var task in Tasks(world).Where(task => task.Gold is not null))
        {
            var truth = (await world.GetAsync($"predictions/{task.PredictionId}")).GetProperty("ground_truth_history");
            Assert.Equal(1, truth.GetArrayLength());
            Assert.NotEqual("review", truth[0].GetProperty("source").GetString());
        }
    }

    private IReadOnlyList<ReviewTaskRow> Tasks(ReviewWorld world) =>
        host.Get<TaskQueue>().PageAsync(world.Model, TaskState.Done, null, 500, Ct).GetAwaiter().GetResult();

    private async Task AnswerAllAsync(ReviewWorld world, Dictionary<string, string> truths)
    {
        var ann = new Actor("ann", ApiRole.Admin, [], null);
        for (var i = 0; (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength() == 0; i++)
        {
            Assert.True(i < 300, "No tasks after 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        var queue = host.Get<TaskQueue>();
        while (await queue.NextAsync(ann, world.Model, null, Ct) is { } task)
        {
            var answer = new ReviewAnswer { Value = truths[task.PredictionId], Robot = true };
            await host.Get<AnswerRecording>().AnswerAsync(ann, world.Model, task.Id, answer, Ct);
        }
    }
}
