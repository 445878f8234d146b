using Plumbline.Store.Engine;

namespace Plumbline.Store.Tests;

/// <summary>Folders of the first versions, and what a model costs the engine.</summary>
public sealed class TablesPerModelTests(StoreFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<ulong> NumberAsync(string sql)
    {
        using var rows = await fixture.Store.QueryAsync(new SqlStatement(sql), Ct);
        rows.Read();
        return rows.ReadUInt64();
    }

    private Task RunAsync(string sql) => fixture.Store.ExecuteAsync(new SqlStatement(sql), Ct);

    [Fact]
    public async Task Rows_of_tables_of_single_models_are_kept_once_also_after_a_move_that_broke_off()
    {
        var model = StoreFixture.NextModel();
        const string Logged = "SETTINGS non_replicated_deduplication_window = 1000";
        await RunAsync(
            $"CREATE TABLE predictions_{model} (prediction_id String, timestamp DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY "
                + $"timestamp {Logged}"
        );
        await RunAsync($"INSERT INTO predictions_{model} SELECT toString(number), now64(3) FROM numbers(5)");
        // As the very first version made it: signals without an id of their own.
        await RunAsync(
            $"""
            CREATE TABLE signals_{model} (block UInt64, name LowCardinality(String), timestamp DateTime64(3, 'UTC'),
                received_at DateTime64(3, 'UTC'),
                value Float64, prediction_id String, version LowCardinality(String), segment String)
            ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (name, timestamp) {Logged}
            """
        );
        await RunAsync(
            $"INSERT INTO signals_{model} SELECT 1, 'click', toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + number * 86400, "
                + "now64(3), number, '', '', '' FROM numbers(90)"
        );
        // The first try got this far: a part was copied, the table is still there.
        await RunAsync(
            $"INSERT INTO signals (model_id, name, timestamp, value) SELECT {model}, name, timestamp, "
                + $"value FROM signals_{model} WHERE value < 40"
        );
        await fixture.ReopenAsync();
        Assert.Equal(90UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(model)}"));
        Assert.Equal(90UL * 89 / 2, await NumberAsync($"SELECT toUInt64(sum(value)) FROM {ModelTables.Signals(model)}"));
        Assert.Equal(5UL, await NumberAsync($"SELECT count() FROM {ModelTables.Predictions(model)}"));
        Assert.Equal(0UL, await NumberAsync($"SELECT count() FROM system.tables WHERE name = 'signals_{model}'"));
        Assert.Equal(
            0UL,
            await NumberAsync(
                $"SELECT count() FROM system.tables WHERE name = 'predictions_{model}' AND engine_full LIKE '%deduplication%'"
            )
        );
        await fixture.ReopenAsync();
        Assert.Equal(90UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(model)}"));
    }

    [Fact]
    public async Task A_hundred_models_cost_the_engine_less_than_fifty_mebibytes_and_no_file_handles()
    {
        var before = (await fixture.ReadSettledUsageAsync(Ct)).MemoryBytes;
        var handles = OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;
        for (var i = 0; i < 100; i++)
        {
            var model = StoreFixture.NextModel();
            await new ModelTables(fixture.Store).EnsureAsync(model, [new FeatureColumn(0, ColumnType.Numeric)], Ct);
            await RunAsync($"INSERT INTO {ModelTables.Predictions(model)} (prediction_id, timestamp) VALUES ('a', now64(3))");
        }
        var taken = (await fixture.ReadSettledUsageAsync(Ct)).MemoryBytes - before;
        Assert.InRange(taken, long.MinValue, 50L << 20);
        if (OperatingSystem.IsLinux())
            Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, handles + 60);
    }

    [Fact]
    public async Task A_store_whose_tables_need_more_than_its_limit_is_opened_and_says_so()
    {
        var folder = Path.Combine(Path.GetTempPath(), "plumbline-store-" + Guid.NewGuid().ToString("N"));
        await fixture.Store.DisposeAsync();
        try
        {
            var options = fixture.Options with { Directory = folder, MemoryLimitBytes = 4L << 30 };
            await using (
                var store = await EmbeddedColumnStore.OpenAsync(
                    options,
                    TimeProvider.System,
                    Microsoft.Extensions.Logging.Abstractions.NullLogger<EmbeddedColumnStore>.Instance,
                    Ct
                )
            )
            {
                // Tables of the first version: each has a log of blocks that is counted with a mebibyte.
                for (var i = 1; i <= 400; i++)
                {
                    await store.ExecuteAsync(
                        new SqlStatement(
                            $"CREATE TABLE predictions_{i} (timestamp DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY timestamp "
                                + "SETTINGS non_replicated_deduplication_window = 1000"
                        ),
                        Ct
                    );
                }

                for (var i = 1; i <= 400; i++)
                    await store.ExecuteAsync(new SqlStatement($"INSERT INTO predictions_{i} VALUES (now64(3))"), Ct);
            }
            options = options with { MemoryLimitBytes = 256L << 20 };
            await using var small = await EmbeddedColumnStore.OpenAsync(
                options,
                TimeProvider.System,
                Microsoft.Extensions.Logging.Abstractions.NullLogger<EmbeddedColumnStore>.Instance,
                Ct
            );
            using var rows = await small.QueryAsync(new SqlStatement("SELECT count() FROM predictions_400"), Ct);
            Assert.True(rows.Read());
            Assert.Equal(1UL, rows.ReadUInt64());
        }
        finally
        {
            await fixture.InitializeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
