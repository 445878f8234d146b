using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Retention;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Server.Tests.State;

/// <summary>What the server relies on of its state, on every database that it may be kept in.</summary>
[Collection(StateCollection.Name)]
public sealed class StateSuiteTests(StateDatabases databases)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Models_and_versions_are_what_they_were_after_a_restart_and_numbers_are_not_given_again(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        foreach (var name in (string[])["b", "B", "a-b", "ab", "Z"])
            await world.DeclareAsync(name);
        var last = await world.DeclareAsync("gone");
        await world.Models.EnsureVersionsAsync(last.Id, ["v2", "v1"], default);
        var kept = world.Models.Find("b")!;
        await world.Models.EnsureVersionsAsync(kept.Id, ["v2", "V2", "v10"], default);
        await world.Models.DeclareVersionAsync(kept.Id, "v1", """{"note":"é"}""", default);
        var versions = world.Models.Versions(kept.Id);
        Assert.NotNull(await world.Models.DeleteAsync("gone", default));

        await using var again = await world.AgainAsync();
        Assert.Equal(["B", "Z", "a-b", "ab", "b"], again.Models.All.Select(model => model.Name));
        Assert.Equal(versions.Order(StringComparer.Ordinal), again.Models.Versions(kept.Id).Order(StringComparer.Ordinal));
        var removed = Assert.Single(await again.Models.BeingRemovedAsync(default));
        Assert.Equal((last.Id, "gone"), (removed.Id, removed.Name));
        Assert.Empty(again.Models.Versions(last.Id));
        await again.Models.EndRemovalAsync(last.Id, null, default);
        Assert.True((await again.DeclareAsync("gone")).Id > last.Id);
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task A_key_that_is_there_and_a_row_that_is_gone_are_answered_as_changed_meanwhile(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        await world.DeclareAsync("one");
        await using (var db = await world.OpenAsync())
        {
            db.Models.Add(new ModelRow { Name = "one", Definition = "{}" });
            await AnsweredAsync(await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync()));
        }

        await using (var db = await world.OpenAsync())
        await using (var other = await world.OpenAsync())
        {
            db.ModelVersions.Add(new ModelVersionRow { ModelId = 1, Version = "v" });
            other.ModelVersions.Add(new ModelVersionRow { ModelId = 1, Version = "v" });
            await db.SaveChangesAsync();
            await AnsweredAsync(await Assert.ThrowsAsync<DbUpdateException>(() => other.SaveChangesAsync()));
        }

        await using (var db = await world.OpenAsync())
        await using (var other = await world.OpenAsync())
        {
            (await db.Models.SingleAsync()).Definition = "{\"changed\":1}";
            await other.Models.ExecuteDeleteAsync();
            await AnsweredAsync(await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync()));
        }

        async Task AnsweredAsync(Exception error)
        {
            var http = new DefaultHttpContext { RequestServices = world.Get<IServiceProvider>(), Response = { Body = new MemoryStream() } };
            Assert.True(await new ChangedMeanwhile().TryHandleAsync(http, error, default));
            Assert.Equal(StatusCodes.Status409Conflict, http.Response.StatusCode);
            http.Response.Body.Position = 0;
            Assert.Contains("changed_meanwhile", await new StreamReader(http.Response.Body).ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Any_text_comes_back_as_it_was_and_different_ones_stay_apart(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        string[] texts =
        [
            "",
            "a",
            "A",
            "a ",
            "\0",
            "\u00100",
            "\u0010",
            "\u0010\u0010",
            "a\0b\0",
            "'\"\\{}%_",
            "é",
            "e\u0301",
            "😀",
            new('x', 5_000),
        ];
        await using (var db = await world.OpenAsync())
        {
            db.ModelVersions.AddRange(
                texts.Select(text => new ModelVersionRow
                {
                    ModelId = 1,
                    Version = text,
                    Declaration = text,
                })
            );
            await db.SaveChangesAsync();
        }

        await using (var db = await world.OpenAsync())
        {
            var rows = await db.ModelVersions.AsNoTracking().ToListAsync();
            Assert.Equal(texts.Order(StringComparer.Ordinal), rows.Select(row => row.Version).Order(StringComparer.Ordinal));
            Assert.All(rows, row => Assert.Equal(row.Version, row.Declaration));
            Assert.Equal(texts.Length, await db.ModelVersions.CountAsync(row => texts.Contains(row.Version)));
            foreach (var text in texts)
                Assert.Equal(text, (await db.ModelVersions.SingleAsync(row => row.Version == text)).Declaration);
            // As .NET compares them, whatever the database was made with.
            string[] plain = ["B", "Z", "a", "a b", "a-b", "ab", "b", "ä"];
            db.ModelVersions.AddRange(plain.Reverse().Select(text => new ModelVersionRow { ModelId = 2, Version = text }));
            await db.SaveChangesAsync();
            var ordered = db.ModelVersions.Where(row => row.ModelId == 2).OrderBy(row => row.Version).Select(row => row.Version);
            Assert.Equal(plain, await ordered.ToListAsync());
        }
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Who_reads_and_writes_in_a_transaction_is_alone_meanwhile(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        await using (var db = await world.OpenAsync())
        {
            db.ModelExpiries.Add(new ModelExpiryRow { ModelId = 1, Data = "x" });
            await db.SaveChangesAsync();
        }

        await Parallel.ForAsync(
            0,
            40,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, cancellation) =>
            {
                await using var db = await world.OpenAsync();
                await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
                (await db.ModelExpiries.SingleAsync(cancellation)).Rows++;
                await db.SaveChangesAsync(cancellation);
                await transaction.CommitAsync(cancellation);
            }
        );
        await using (var db = await world.OpenAsync())
            Assert.Equal(40, (await db.ModelExpiries.SingleAsync()).Rows);

        // A statement and a row that are saved alone wait as well.
        await using var holder = await world.OpenAsync();
        await using var held = await holder.Database.BeginTransactionAsync();
        await using var first = await world.OpenAsync();
        await using var second = await world.OpenAsync();
        var statement = Task.Run(() => first.ModelExpiries.ExecuteUpdateAsync(set => set.SetProperty(row => row.Merged, 1)));
        second.ModelExpiries.Add(new ModelExpiryRow { ModelId = 2, Data = "x" });
        var saving = Task.Run(() => second.SaveChangesAsync());
        await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
        Assert.False(statement.IsCompleted || saving.IsCompleted);
        await held.CommitAsync();
        Assert.InRange(await statement, 1, 2);
        Assert.Equal(1, await saving);
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task The_ledger_loses_no_mark_and_sets_windows_aside(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var (ledger, model) = (world.Get<WindowLedger>(), await world.DeclareAsync("m"));
        var start = model.WindowStart(TimeProvider.System.GetUtcNow()) - (100 * Hour);
        var windows = Enumerable.Range(0, 20).Select(hour => (start + (hour * Hour), Hour)).ToList();
        DirtyReason[] reasons = [DirtyReason.Predictions, DirtyReason.GroundTruth, DirtyReason.Reference, DirtyReason.Signals];
        await Parallel.ForAsync(
            0,
            12,
            new ParallelOptions { MaxDegreeOfParallelism = 6 },
            async (i, cancellation) =>
            {
                var order = i % 2 == 0 ? windows : windows.AsEnumerable().Reverse();
                await ledger.MarkAsync(model.Id, order, reasons[i % reasons.Length], cancellation);
            }
        );
        await MakeDueAsync(world);
        var taken = await ledger.TakeAsync(model, Hour, 100, default);
        Assert.Equal(windows.Select(window => window.Item1).Reverse(), taken.Select(window => window.Start));
        Assert.All(taken, window => Assert.Equal(reasons.Aggregate((all, one) => all | one), window.Reasons));
        Assert.Equal([model.Id], await ledger.ModelsDueAsync(default));

        // Marked again while it was computed.
        await ledger.MarkAsync(model.Id, [windows[3]], DirtyReason.Predictions, default);
        await ledger.ClearAsync(model.Id, taken, default);
        Assert.Equal((1, 0), await ledger.BacklogAsync(model, default) is var left ? (left.Count, left.SetAside) : default);
        for (var attempt = 0; attempt < WindowLedger.AttemptsBeforeSetAside; attempt++)
        {
            var window = new DirtyWindow(windows[3].Item1, Hour, DirtyReason.Predictions, Mark: 0, attempt);
            await ledger.FailAsync(model.Id, [window], "no memory", default);
        }

        var failed = await ledger.BacklogAsync(model, default);
        Assert.Equal((0, 1, "no memory"), (failed.Count, failed.SetAside, failed.LastError));
        Assert.Equal("no memory", Assert.Single(await ledger.SetAsideAsync(null, 10, default)).Error);
        Assert.False(await ledger.IsWaitingBeforeAsync(model.Id, DateTimeOffset.MaxValue, default));
        await ledger.MarkAsync(model.Id, [windows[3]], DirtyReason.Signals, default);
        Assert.Equal((1, 0), await ledger.BacklogAsync(model, default) is var marked ? (marked.Count, marked.SetAside) : default);
        await ledger.CloseEarlierAsync(model, default);
        await ledger.TryAgainAsync(default);
        Assert.NotNull(await ledger.NextDueAsync(default));
        await ledger.DropBeforeAsync(model.Id, DateTimeOffset.MaxValue, default);
        Assert.Empty(await ledger.ModelsWithWorkAsync(default));
        Assert.Null(await ledger.NextDueAsync(default));
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task What_retention_deleted_is_known_after_a_restart(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        var (retentionStore, before) = (world.Get<RetentionStore>(), new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await retentionStore.BeginAsync(1, EventRows.Predictions, before, default);
        await retentionStore.FinishAsync(1, EventRows.Predictions, new ExpiredRows(Rows: 100, Merged: 7), default);
        await retentionStore.BeginAsync(2, EventRows.Profiles, before, default);
        await retentionStore.AddUncountedAsync(2, EventRows.Profiles, 5, default);
        await retentionStore.BeginAsync(3, EventRows.Profiles, before, default);
        await retentionStore.ForgetAsync(3, default);
        var known = retentionStore.All.OrderBy(pair => pair.Key.ModelId).ToList();
        Assert.Equal(2, known.Count);

        await using var again = await world.AgainAsync();
        await again.Get<RetentionStore>().LoadAsync(default);
        Assert.Equal(known, again.Get<RetentionStore>().All.OrderBy(pair => pair.Key.ModelId));
    }

    private static async Task MakeDueAsync(StateWorld world)
    {
        await using var db = await world.OpenAsync();
        await db.DirtyWindows.ExecuteUpdateAsync(set => set.SetProperty(row => row.NotBeforeMs, 0));
    }
}
