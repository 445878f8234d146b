using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Idle models are left alone; whatever could change a evaluation leads to a look.</summary>
public sealed class AlertAgendaTests(TestHost host)
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_model_is_due_when_it_is_new_changed_declared_anew_or_the_clock_completes_a_window()
    {
        var model = await ModelAsync();
        var time = new ManualTime(Now);
        using var agenda = new AlertAgenda(new AlertingOptions(), time);
        Assert.True(agenda.IsDue(model, Now));
        agenda.Looked(model, agenda.Changes(model.Id), Now.AddHours(1));
        Assert.False(agenda.IsDue(model, Now));
        Assert.False(agenda.IsDue(model, Now.AddMinutes(59)));
        Assert.True(agenda.IsDue(model, Now.AddHours(1)));
        Assert.True(agenda.IsDue(model with { Window = TimeSpan.FromMinutes(5) }, Now));
        agenda.Wake(model.Id);
        Assert.True(agenda.IsWaiting(model.Id));
        Assert.True(agenda.IsDue(model, Now + AlertAgenda.Quiet));
    }

    [Fact]
    public async Task What_changes_during_a_look_leads_to_another()
    {
        var model = await ModelAsync();
        using var agenda = new AlertAgenda(new AlertingOptions(), new ManualTime(Now));
        var before = agenda.Changes(model.Id);
        agenda.Wake(model.Id);
        agenda.Looked(model, before, Now.AddHours(1));
        Assert.True(agenda.IsWaiting(model.Id));
        Assert.True(agenda.IsDue(model, Now + AlertAgenda.Quiet));
        agenda.Looked(model, agenda.Changes(model.Id), Now.AddHours(1));
        Assert.False(agenda.IsWaiting(model.Id));
        Assert.False(agenda.IsDue(model, Now + AlertAgenda.Quiet));
    }

    [Fact]
    public async Task While_changes_go_on_a_model_is_looked_at_now_and_then_and_when_they_pause_at_once()
    {
        var model = await ModelAsync();
        var time = new ManualTime(Now);
        using var agenda = new AlertAgenda(new AlertingOptions { IntervalMs = 1000 }, time);
        agenda.Looked(model, 0, DateTimeOffset.MaxValue);
        for (var passed = 0; passed < 1000; passed += 100)
        {
            agenda.Wake(model.Id);
            Assert.False(agenda.IsDue(model, time.GetUtcNow()), $"after {passed} ms");
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.True(agenda.IsDue(model, time.GetUtcNow()));
        agenda.Looked(model, agenda.Changes(model.Id), DateTimeOffset.MaxValue);
        agenda.Wake(model.Id);
        Assert.False(agenda.IsDue(model, time.GetUtcNow()));
        time.Advance(AlertAgenda.Quiet);
        Assert.True(agenda.IsDue(model, time.GetUtcNow()));
    }

    [Fact]
    public async Task A_look_that_failed_is_tried_again_after_the_pause_and_not_at_once()
    {
        var model = await ModelAsync();
        using var agenda = new AlertAgenda(new AlertingOptions { IntervalMs = 1000 }, new ManualTime(Now));
        agenda.Wake(model.Id);
        agenda.Failed(model, agenda.Changes(model.Id));
        Assert.False(agenda.IsDue(model, Now.AddMilliseconds(999)));
        Assert.True(agenda.IsDue(model, Now.AddMilliseconds(1000)));
    }

    [Fact]
    public async Task A_model_without_anything_computed_is_not_looked_at_by_the_clock() =>
        Assert.Equal(
            DateTimeOffset.MaxValue,
            await host.Get<RuleEvaluation>().EvaluateAsync(await ModelAsync(), TestContext.Current.CancellationToken)
        );

    [Fact]
    public async Task A_model_whose_predictions_come_as_they_happen_is_looked_at_when_its_next_window_is_complete()
    {
        var model = await ModelAsync();
        var now = TimeProvider.System.GetUtcNow();
        var closed = model.WindowStart(now - model.Window - model.AllowedLateness);
        await host.PostAsync(
            model.Name,
            "predictions",
            [
                new
                {
                    prediction_id = "p",
                    timestamp = closed,
                    prediction = "1",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model.Name);
        model = host.Get<ModelCatalog>().Find(model.Id)!;
        var before = TimeProvider.System.GetUtcNow();
        var next = await host.Get<RuleEvaluation>().EvaluateAsync(model, TestContext.Current.CancellationToken);
        // A window is complete when the lateness that is allowed has passed after its end.
        var complete = model.WindowStart(before - model.AllowedLateness) + model.Window + model.AllowedLateness;
        Assert.InRange(next - complete, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_model_of_long_ago_waits_only_for_the_end_of_windows_that_are_computed()
    {
        var model = await ModelAsync();
        await host.PostAsync(
            model.Name,
            "predictions",
            [
                new
                {
                    prediction_id = "p",
                    timestamp = "2024-05-01T10:00:00Z",
                    prediction = "1",
                },
            ]
        );
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Equal(
            DateTimeOffset.MaxValue,
            await host.Get<RuleEvaluation>().EvaluateAsync(host.Get<ModelCatalog>().Find(model.Id)!, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_rule_that_is_written_wakes_its_model_and_the_pass_looks_again()
    {
        var model = await ModelAsync();
        var first = await LookAsync(model, null);
        using var put = await host.Client.PutAsync(
            $"/v1/models/{model.Name}/rules/rows",
            JsonBody("""{"kind":"threshold","metric":"performance.accuracy","value":0.5,"direction":"below"}"""),
            TestContext.Current.CancellationToken
        );
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(await LookAsync(model, first) > first);
    }

    private static StringContent JsonBody(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private async Task<ModelDefinition> ModelAsync() =>
        host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;

    private async Task<DateTimeOffset> LookAsync(ModelDefinition model, DateTimeOffset? after)
    {
        for (var i = 0; i < 2400; i++)
        {
            if (host.Get<AlertPassState>().Find(model.Id)?.At is { } at && (after is null || at > after))
                return at;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The model was not looked at within two minutes.");
    }
}
