using Plumbline.Ingestion.Writing;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

public sealed class FailingBlockTests(TestHost host)
{
    [Fact]
    public async Task A_block_that_the_engine_refuses_is_shown_waits_and_holds_up_nobody_else()
    {
        var failing = await host.CreateModelAsync(new { task = "binary" });
        var other = await host.CreateModelAsync(new { task = "binary" });
        await host.AcceptAsync(failing, "predictions", """{"prediction_id":"a","features":{"x":1}}""");
        await host.StoredAsync(failing);
        var table = ModelTables.Predictions(host.Model(failing).Id);
        var store = host.Get<IColumnStore>();
        await store.ExecuteAsync(new SqlStatement($"RENAME TABLE {table} TO {table}_away"), TestContext.Current.CancellationToken);
        await host.AcceptAsync(failing, "predictions", """{"prediction_id":"b","features":{"x":2}}""");
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (Shown(failing) is null)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "The failure does not show.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        Assert.Equal(1, host.Get<IngestionProgress>().Of(host.Model(failing).Id).InSpool);
        await host.AcceptAsync(other, "predictions", """{"prediction_id":"a","features":{"x":1}}""");
        Assert.Equal(1, (await host.StoredAsync(other)).Stored);

        await store.ExecuteAsync(new SqlStatement($"RENAME TABLE {table}_away TO {table}"), TestContext.Current.CancellationToken);
        Assert.Equal(2, (await host.StoredAsync(failing)).Stored);
        Assert.Null(Shown(failing));
        Assert.Equal([2UL], await host.QueryAsync($"SELECT count() FROM {table}", r => r.ReadUInt64()));
    }

    private FailingBlock? Shown(string model) =>
        host.Get<IngestionProgress>().FailingBlocks.FirstOrDefault(block => block.ModelId == host.Model(model).Id);
}
