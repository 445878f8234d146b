using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;

namespace Plumbline.Server.Tests.Windows;

/// <summary>The ledger alone: its model has no traffic, and its windows lie ahead of the clock where the pass must not take them.</summary>
public sealed class WindowLedgerTests(TestHost host)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_window_marked_again_while_it_is_computed_stays()
    {
        var (ledger, id, start) = await NewAsync();
        await ledger.MarkAsync(id, [(start, Hour)], DirtyReason.Predictions, default);
        var taken = await FindAsync(ledger, id, start);
        await ledger.MarkAsync(id, [(start, Hour)], DirtyReason.GroundTruth, default);

        await ledger.ClearAsync(id, [taken], default);

        var still = await FindAsync(ledger, id, start);
        Assert.Equal(DirtyReason.Predictions | DirtyReason.GroundTruth, still.Reasons);
        await ledger.ClearAsync(id, [still], default);
        Assert.DoesNotContain(id, await ledger.ModelsWithWorkAsync(default));
    }

    [Fact]
    public async Task A_failed_window_waits_and_keeps_its_reason()
    {
        var (ledger, id, start) = await NewAsync();
        await ledger.MarkAsync(id, [(start, Hour)], DirtyReason.Predictions, default);
        var taken = await FindAsync(ledger, id, start);
        await ledger.FailAsync(id, [taken], "engine: no memory", default);
        // Not offered before its pause is over.
        Assert.Empty(await ledger.TakeAsync(WithLength(id, TimeSpan.FromMinutes(7)), Hour, 10, default));
        Assert.Contains(id, await ledger.ModelsWithWorkAsync(default));
    }

    [Fact]
    public async Task A_window_that_fails_too_often_is_set_aside_until_its_data_change_or_the_server_starts_again()
    {
        var (ledger, id, start) = await NewAsync();
        var view = WithLength(id, TimeSpan.FromMinutes(7));
        await ledger.MarkAsync(id, [(start, Hour), (start + Hour, Hour)], DirtyReason.Predictions, default);
        async Task FailOftenAsync()
        {
            for (var attempt = 0; attempt < WindowLedger.AttemptsBeforeSetAside; attempt++)
            {
                await ledger.FailAsync(
                    id,
                    [new DirtyWindow(start, Hour, DirtyReason.Predictions, Mark: 0, attempt)],
                    "x: cannot be squared",
                    default
                );
            }
        }

        await FailOftenAsync();
        var backlog = await ledger.BacklogAsync(view, default);
        Assert.Equal(
            (1, 1, start + Hour, "x: cannot be squared"),
            (backlog.Count, backlog.SetAside, backlog.Oldest!.Value, backlog.LastError)
        );
        Assert.Equal(
            (start, Hour, "x: cannot be squared"),
            Assert.Single(await ledger.SetAsideAsync(id, 10, default)) is var one ? (one.Start, one.Length, one.Error) : default
        );

        await ledger.MarkAsync(id, [(start, Hour)], DirtyReason.GroundTruth, default);
        Assert.Equal((2, 0), await ledger.BacklogAsync(view, default) is var marked ? (marked.Count, marked.SetAside) : default);
        await FindAsync(ledger, id, start);
        await FailOftenAsync();
        Assert.Equal(1, (await ledger.BacklogAsync(view, default)).SetAside);
        await ledger.TryAgainAsync(default);
        Assert.Equal(0, (await FindAsync(ledger, id, start)).Attempts);
        Assert.Equal(0, (await ledger.BacklogAsync(view, default)).SetAside);
    }

    [Fact]
    public async Task A_base_window_is_taken_only_when_it_is_closed()
    {
        var (ledger, id, _) = await NewAsync();
        var model = host.Get<ModelCatalog>().Find(id)!;
        var now = TimeProvider.System.GetUtcNow();
        Assert.True(model.WindowStart(now) >= ledger.ClosedBefore(model), "The window that holds now is open.");
        Assert.True(now - model.Window - model.AllowedLateness - TimeSpan.FromMinutes(1) < ledger.ClosedBefore(model));
    }

    [Fact]
    public async Task An_open_window_is_not_looked_at_before_it_closes_and_a_shorter_lateness_closes_it()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                window = "1h",
                allowed_lateness = "7d",
            }
        );
        var (ledger, model) = (host.Get<WindowLedger>(), host.Get<ModelCatalog>().Find(name)!);
        await ledger.MarkDirtyAsync(
            model.Id,
            [model.WindowStart(TimeProvider.System.GetUtcNow()).AddDays(-1)],
            DirtyReason.Predictions,
            default
        );
        Assert.DoesNotContain(model.Id, await ledger.ModelsDueAsync(default));
        Assert.Contains(model.Id, await ledger.ModelsWithWorkAsync(default));

        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}",
            new
            {
                task = "binary",
                window = "1h",
                allowed_lateness = "1h",
            }
        );
        put.EnsureSuccessStatusCode();
        for (var attempt = 0; (await ledger.ModelsWithWorkAsync(default)).Contains(model.Id); attempt++)
        {
            Assert.True(attempt < 1_200, "The window is not computed though it is closed now.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task A_window_that_an_earlier_run_held_back_is_looked_at_when_something_of_the_model_changes()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                window = "1h",
                allowed_lateness = "1h",
            }
        );
        var (ledger, model) = (host.Get<WindowLedger>(), host.Get<ModelCatalog>().Find(name)!);
        await using (var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync())
        {
            // Marked under a longer lateness by a process that ended before it took note of the shorter one.
            db.DirtyWindows.Add(
                new DirtyWindowRow
                {
                    ModelId = model.Id,
                    Seconds = 3600,
                    StartMs = model.WindowStart(TimeProvider.System.GetUtcNow()).AddDays(-1).ToUnixTimeMilliseconds(),
                    Reasons = (int)DirtyReason.Predictions,
                    Mark = 1,
                    NotBeforeMs = TimeProvider.System.GetUtcNow().AddDays(6).ToUnixTimeMilliseconds(),
                }
            );
            await db.SaveChangesAsync();
        }

        Assert.DoesNotContain(model.Id, await ledger.ModelsDueAsync(default));
        await host.Get<ModelCatalog>().EnsureClassesAsync(model.Id, ["0"], default);
        for (var attempt = 0; (await ledger.ModelsWithWorkAsync(default)).Contains(model.Id); attempt++)
        {
            Assert.True(attempt < 1_200, "The window is not computed though it is closed.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task The_backlog_can_be_asked_for_while_its_last_window_goes()
    {
        var (ledger, id, start) = await NewAsync();
        var view = WithLength(id, TimeSpan.FromMinutes(7));
        var going = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await ledger.MarkAsync(id, [(start, Hour)], DirtyReason.Predictions, default);
                await ledger.ClearAsync(id, [await FindAsync(ledger, id, start)], default);
            }
        });
        while (!going.IsCompleted)
            Assert.InRange((await ledger.BacklogAsync(view, default)).Count, 0, 1);
        await going;
    }

    [Fact]
    public async Task The_next_to_close_is_the_first_open_window_that_has_rows()
    {
        var (ledger, id, _) = await NewAsync();
        var model = host.Get<ModelCatalog>().Find(id)!;
        var (day, today) = (TimeSpan.FromDays(1), model.WindowStart(TimeProvider.System.GetUtcNow()));
        Assert.Null(await ledger.NextCloseAsync(model, default));
        await ledger.MarkAsync(id, [(today - (3 * day), day), (today + day, day), (today, day)], DirtyReason.Predictions, default);
        Assert.Equal(today + day + model.AllowedLateness, await ledger.NextCloseAsync(model, default));
    }

    private async Task<(WindowLedger Ledger, int Id, DateTimeOffset Start)> NewAsync()
    {
        var name = await host.CreateModelAsync(new { task = "binary", window = "1d" });
        var model = host.Get<ModelCatalog>().Find(name)!;
        return (host.Get<WindowLedger>(), model.Id, model.WindowStart(TimeProvider.System.GetUtcNow()).AddHours(29));
    }

    /// <summary>
    /// Takes through a view of the model with another base window, for which an hour is not the base and need not be closed.
    /// </summary>
    private async Task<DirtyWindow> FindAsync(WindowLedger ledger, int id, DateTimeOffset start) =>
        (await ledger.TakeAsync(WithLength(id, TimeSpan.FromMinutes(7)), Hour, 10, default)).Single(window => window.Start == start);

    private ModelDefinition WithLength(int id, TimeSpan window) => host.Get<ModelCatalog>().Find(id)! with { Window = window };
}
