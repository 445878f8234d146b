using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>A deletion that is interrupted is finished later, whatever interrupted it.</summary>
public sealed class ModelRemovalTests(TestHost host)
{
    [Fact]
    public async Task A_deletion_whose_step_fails_is_kept_on_record_and_finished_later()
    {
        var name = await host.CreateModelAsync(new { task = "binary" }, "half-deleted");
        await host.PostAsync(name, "predictions", [new { prediction_id = "p", prediction = "1" }]);
        await host.WaitUntilComputedAsync(name);
        var catalog = host.Get<ModelCatalog>();
        var id = catalog.Find(name)!.Id;
        var fails = true;
        var failing = new OtherOwner(
            (model, _) => fails && model.Id == id ? throw new InvalidOperationException("the disk is full") : Task.CompletedTask
        );
        using var removal = new ModelRemoval(
            catalog,
            [failing, .. host.Get<IEnumerable<IDataOwner>>()],
            TimeProvider.System,
            NullLogger<ModelRemoval>.Instance
        );

        Assert.True(await removal.RemoveAsync(name, CancellationToken.None));
        Assert.Null(catalog.Find(name));
        Assert.Equal("the disk is full", (await RowsAsync()).Single(row => row.ModelId == id).LastError);
        Assert.True(await HasTablesAsync(id));
        // The name is free, and the new model has nothing of the old one.
        using (var again = await host.Client.PutAsJsonAsync($"/v1/models/{name}", new { task = "regression" }))
            Assert.True(again.IsSuccessStatusCode);
        Assert.NotEqual(id, catalog.Find(name)!.Id);

        // As at the next start.
        fails = false;
        await removal.StartAsync(CancellationToken.None);
        for (var attempt = 0; (await RowsAsync()).Exists(row => row.ModelId == id); attempt++)
        {
            Assert.True(attempt < 900, "It is not finished.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await removal.StopAsync(CancellationToken.None);
        Assert.False(await HasTablesAsync(id));
        Assert.NotNull(catalog.Find(name));
    }

    [Fact]
    public async Task A_deletion_goes_on_when_its_caller_goes_away()
    {
        var name = await host.CreateModelAsync(new { task = "binary" }, "deleted-by-nobody");
        await host.PostAsync(name, "predictions", [new { prediction_id = "p", prediction = "1" }]);
        await host.WaitUntilComputedAsync(name);
        var id = host.Get<ModelCatalog>().Find(name)!.Id;
        using var caller = new CancellationTokenSource();
        var leaving = new OtherOwner(async (_, _) => await caller.CancelAsync());
        using var removal = new ModelRemoval(
            host.Get<ModelCatalog>(),
            [leaving, .. host.Get<IEnumerable<IDataOwner>>()],
            TimeProvider.System,
            NullLogger<ModelRemoval>.Instance
        );
        Assert.True(await removal.RemoveAsync(name, caller.Token));
        Assert.DoesNotContain(await RowsAsync(), row => row.ModelId == id);
        Assert.False(await HasTablesAsync(id));
    }

    private async Task<List<ModelRemovalRow>> RowsAsync()
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        return await db.ModelRemovals.AsNoTracking().ToListAsync();
    }

    private async Task<bool> HasTablesAsync(int id)
    {
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    "SELECT count() FROM system.tables WHERE name = {name:String}",
                    new SqlParameter("name", ModelTables.Predictions(id))
                ),
                CancellationToken.None
            );
        return rows.Read() && rows.ReadUInt64() > 0;
    }

    private sealed class OtherOwner(Func<ModelDefinition, CancellationToken, Task> remove) : IDataOwner
    {
        public DataDescription Description { get; } = new("other", "something else", DataPlace.Memory);

        public Task RemoveAsync(ModelDefinition model, CancellationToken cancellation) => remove(model, cancellation);

        public Task<ExpiredRows> ExpireAsync(ModelDefinition model, DateTimeOffset before, CancellationToken cancellation) =>
            Task.FromResult(new ExpiredRows(0));
    }
}
