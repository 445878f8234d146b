using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Performance;

/// <summary>What estimates read of some windows serves performance and cost: the same labelled rows, read once.</summary>
public sealed class KeptRowsTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reading_of_all_answers_serves_later_ones_of_the_same_windows_until_it_is_let_go()
    {
        var model = await ModelAsync();
        var rows = host.Get<LabelledGroups>();
        var apart = await ReadAsync(rows, model, allAnswers: false);
        MetricWindow[] windows = [Window(0), Window(1)];
        IReadOnlyList<LabelledGroup> answers;
        using (host.Get<IWindowRows>().Keep(model, windows))
        {
            // Who looks at labelled rows alone reads only those, as long as nobody has read more.
            Assert.Equal(Labelled(apart), Labelled(await ReadAsync(rows, model, allAnswers: false)));
            answers = await ReadAsync(rows, model, allAnswers: true);
            Assert.Same(answers, await ReadAsync(rows, model, allAnswers: false));
            Assert.Same(answers, await ReadAsync(rows, model, allAnswers: true));
            // Another declaration of the model, and other windows, are read by themselves.
            Assert.NotSame(answers, await ReadAsync(rows, model with { Window = model.Window }, allAnswers: true));
            Assert.NotSame(
                answers,
                await rows.ReadAsync(model, Start, Start.AddHours(1), model.Window, Ct, allAnswers: true, shared: true)
            );
            // Nor does who wants exactly what he asks for get more.
            Assert.NotSame(answers, await rows.ReadAsync(model, Start, Start.AddHours(2), model.Window, Ct, allAnswers: true));
        }

        Assert.NotSame(answers, await ReadAsync(rows, model, allAnswers: true));
        Assert.Equal(10, Labelled(apart).Count);
        Assert.Equal(Labelled(apart), Labelled(answers));
        Assert.Equal(40, apart.Sum(group => group.Count));
        Assert.Equal(40, answers.Sum(group => group.Count));
    }

    private static MetricWindow Window(int hour) => new(Start.AddHours(hour), Start.AddHours(hour + 1));

    private static Task<IReadOnlyList<LabelledGroup>> ReadAsync(LabelledGroups rows, ModelDefinition model, bool allAnswers) =>
        rows.ReadAsync(model, Start, Start.AddHours(2), TimeSpan.FromHours(1), Ct, allAnswers, shared: true);

    // Labelled rows by what performance looks at.
    private static List<(int, string, string, double, long)> Labelled(IEnumerable<LabelledGroup> groups) =>
        [
            .. groups
                .Where(group => group.HasGroundTruth)
                .GroupBy(group => (group.Window, group.Prediction, group.GroundTruth, group.Score))
                .Select(alike => (alike.Key.Window, alike.Key.Prediction, alike.Key.GroundTruth, alike.Key.Score, alike.Sum(g => g.Count)))
                .Order(),
        ];

    // Twenty predictions in each of two hours with three scores; three of seven have a label.
    private async Task<ModelDefinition> ModelAsync()
    {
        var name = await host.CreateModelAsync(new { task = "binary", positive_class = "1" });
        await host.PostAsync(
            name,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i => new
                    {
                        prediction_id = $"{i}",
                        timestamp = Start.AddMinutes(3 * i),
                        prediction = i % 3 == 0 ? "1" : "0",
                        score = 0.1 + (0.2 * (i % 3)),
                    }),
            ]
        );
        await host.PostAsync(
            name,
            "ground-truth",
            [.. Enumerable.Range(0, 40).Where(i => i % 7 < 3).Select(i => new { prediction_id = $"{i}", value = i % 2 == 0 ? "1" : "0" })]
        );
        await host.WaitUntilComputedAsync(name);
        return host.Get<ModelCatalog>().Find(name)!;
    }
}
