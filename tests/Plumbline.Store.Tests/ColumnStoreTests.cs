using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Store.Engine;

namespace Plumbline.Store.Tests;

public sealed class ColumnStoreTests(StoreFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IColumnStore Store => fixture.Store;

    private async Task<string> TextAsync(string sql, params SqlParameter[] parameters)
    {
        using var rows = await Store.QueryAsync(new SqlStatement(sql, parameters), Ct);
        Assert.True(rows.Read());
        var text = rows.ReadString();
        Assert.False(rows.Read());
        return text;
    }

    [Fact]
    public async Task A_null_reference_still_throws_after_the_engine_was_loaded()
    {
        _ = await TextAsync("SELECT 'loaded'");
        string? nothing = TextOrNull(Store.Timings.Count < 0);
        Assert.Throws<NullReferenceException>(() => nothing!.Length);

        static string? TextOrNull(bool never) => never ? "" : null;
    }

    public static TheoryData<string> HostileTexts =>
        [
            "",
            "'",
            "\\",
            "\\'; DROP TABLE profiles; --",
            "a\0b",
            "line1\nline2\r\tx",
            "\b\f",
            "\\N",
            "NULL",
            "{x:String}",
            "<script>alert(1)</script>",
            "\"`--/*",
            "żółć 日本 🎈",
            new string('x', 1_000_000),
            "'||(SELECT 1)||'",
        ];

    [Theory, MemberData(nameof(HostileTexts))]
    public async Task A_bound_text_comes_back_as_it_was(string text)
    {
        Assert.Equal(text, await TextAsync("SELECT {x:String}", new SqlParameter("x", text)));
        using var rows = await Store.QueryAsync(
            new SqlStatement("SELECT {x:Array(String)}", new SqlParameter("x", new[] { text, "second" })),
            Ct
        );
        Assert.True(rows.Read());
        Assert.Equal([text, "second"], rows.ReadStringArray());
    }

    [Fact]
    public async Task Numbers_times_and_nulls_are_bound_exactly()
    {
        var time = new DateTimeOffset(2026, 3, 1, 8, 15, 2, 123, TimeSpan.FromHours(2));
        using var rows = await Store.QueryAsync(
            new SqlStatement(
                """
                SELECT {d:Float64}, {nan:Float64}, {inf:Float64}, {u:UInt64}, {i:Int64}, {t:DateTime64(3,'UTC')}, {s:DateTime('UTC')},
                       {n:Nullable(String)}, {b:Bool}, {l:Array(UInt64)}
                """,
                new("d", 0.1 + 0.2),
                new("nan", double.NaN),
                new("inf", double.NegativeInfinity),
                new("u", ulong.MaxValue),
                new("i", long.MinValue),
                new("t", time),
                new("s", time.AddMilliseconds(-123)),
                new("n", null),
                new("b", true),
                new("l", new[] { 1UL, ulong.MaxValue })
            ),
            Ct
        );
        Assert.True(rows.Read());
        Assert.Equal(0.1 + 0.2, rows.ReadDouble());
        Assert.True(double.IsNaN(rows.ReadDouble()));
        Assert.Equal(double.NegativeInfinity, rows.ReadDouble());
        Assert.Equal(ulong.MaxValue, rows.ReadUInt64());
        Assert.Equal(long.MinValue, rows.ReadInt64());
        Assert.Equal(time, rows.ReadDateTime64());
        Assert.Equal(time.AddMilliseconds(-123), rows.ReadDateTime());
        Assert.Null(rows.ReadNullableString());
        Assert.True(rows.ReadBoolean());
        Assert.Equal([1UL, ulong.MaxValue], rows.ReadUInt64Array());
        Assert.False(rows.Read());
    }

    [Fact]
    public async Task An_error_has_the_engines_code_and_name_but_no_value()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            Store.QueryAsync(new SqlStatement("SELECT {secret:String} FROM no_such_table", new SqlParameter("secret", "hunter2")), Ct)
        );
        Assert.Equal(60, error.Code);
        Assert.Equal("UNKNOWN_TABLE", error.Name);
        Assert.DoesNotContain("hunter2", error.Statement + error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO schema_migrations SELECT 99, 'x', now()")]
    [InlineData("DROP TABLE schema_migrations")]
    [InlineData("SET readonly = 0")]
    [InlineData("SELECT * FROM file('/etc/passwd', 'LineAsString')")]
    [InlineData("SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')")]
    public async Task A_question_can_neither_change_anything_nor_read_files(string sql)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => Store.QueryAsync(new SqlStatement(sql), Ct));
        Assert.Contains(error.Name, (string[])["READONLY", "ACCESS_DENIED"]);
    }

    [Theory]
    [InlineData("profiles; DROP TABLE x", "a", null)]
    [InlineData("profiles", "a)--", null)]
    [InlineData("profiles", "", null)]
    [InlineData("profiles", "a", "it's")]
    [InlineData("profiles", "a", "")]
    public async Task Identifiers_and_tokens_are_checked(string table, string column, string? token) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Store.InsertAsync(table, [column], new byte[] { 1 }, token, Ct));

    [Fact]
    public async Task Queries_run_in_parallel_and_each_gets_its_own_answer()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async i =>
                {
                    using var rows = await Store.QueryAsync(
                        new SqlStatement("SELECT sum(number) + {i:UInt64} FROM numbers(10000)", new SqlParameter("i", i)),
                        Ct
                    );
                    rows.Read();
                    return rows.ReadUInt64();
                })
        );
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 49_995_000UL + (ulong)i), answers);
    }

    [Fact]
    public async Task Two_reads_overlap()
    {
        // Three read threads: three sleeps of 0.4 s take 0.4 s together, not 1.2 s.
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Store.QueryAsync(new SqlStatement("SELECT sleep(0.4)"), Ct)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 0.39, 1.1);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once_and_the_store_goes_on()
    {
        using var source = new CancellationTokenSource();
        var slow = Store.QueryAsync(new SqlStatement("SELECT sleep(1)"), source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        Assert.Equal("still here", await TextAsync("SELECT 'still here'"));
    }

    [Fact]
    public async Task Statements_are_counted_and_slow_ones_are_kept()
    {
        var before = Store.Timings.Count;
        await Store.QueryAsync(new SqlStatement("SELECT sleep(0.05), {x:String}", new SqlParameter("x", "secret")), Ct);
        var after = Store.Timings;
        Assert.True(after.Count > before);
        var slow = after.Slow.First(statement => statement.Text.Contains("sleep(0.05)", StringComparison.Ordinal));
        Assert.InRange(slow.DurationMs, 50, 5_000);
        Assert.DoesNotContain("secret", slow.Text, StringComparison.Ordinal);
        Assert.InRange(after.Slow.Count, 1, fixture.Options.SlowStatementsKept);
    }

    [Fact]
    public async Task A_failed_statement_leaves_nothing_in_the_next_answer()
    {
        for (var i = 0; i < 12; i++)
        {
            // It fails in the middle of its answer, many blocks after the first.
            var error = await Assert.ThrowsAsync<EngineException>(() =>
                Store.QueryFormattedAsync(
                    new SqlStatement("SELECT throwIf(number = 900000, 'stop'), toString(number) FROM numbers(1000000)"),
                    "RowBinary",
                    Ct
                )
            );
            Assert.Equal("FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", error.Name);
            Assert.Equal([1], await Store.QueryFormattedAsync(new SqlStatement("SELECT toUInt8(1)"), "RowBinary", Ct));
        }
    }

    [Fact]
    public async Task The_memory_limit_is_in_force()
    {
        var limit = await TextAsync("SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'");
        Assert.Equal(fixture.Options.MemoryLimitBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), limit);
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            Store.QueryAsync(new SqlStatement("SELECT length(groupArray(number)) FROM numbers(200000000)"), Ct)
        );
        Assert.Equal("MEMORY_LIMIT_EXCEEDED", error.Name);
        var usage = await fixture.ReadSettledUsageAsync(Ct);
        Assert.InRange(usage.MemoryBytes, 1, usage.MemoryLimitBytes);
        Assert.StartsWith("26.", usage.Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_stored_rows_waits_for_no_merge_of_another_table()
    {
        // Every table, those of the engine's schema included, takes it from the server.
        Assert.Equal(
            "0",
            await TextAsync(
                "SELECT value FROM system.merge_tree_settings WHERE name = 'number_of_free_entries_in_pool_to_execute_mutation'"
            )
        );
    }

    [Fact]
    public async Task A_second_store_in_the_process_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            EmbeddedColumnStore.OpenAsync(fixture.Options, TimeProvider.System, NullLogger<EmbeddedColumnStore>.Instance, Ct)
        );
        Assert.Contains("open in this process already", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1L << 30)]
    [InlineData(65, 1L << 30)]
    [InlineData(2, 1_000)]
    public async Task Options_out_of_range_are_refused(int readThreads, long memory) =>
        await Assert.ThrowsAsync<ValidationException>(() =>
            EmbeddedColumnStore.OpenAsync(
                fixture.Options with
                {
                    ReadThreads = readThreads,
                    MemoryLimitBytes = memory,
                },
                TimeProvider.System,
                NullLogger<EmbeddedColumnStore>.Instance,
                Ct
            )
        );

    [Fact]
    public async Task Closing_and_opening_again_keeps_rows_and_applies_no_migration_twice()
    {
        var model = StoreFixture.NextModel();
        var tables = new ModelTables(Store);
        await tables.EnsureAsync(model, [new FeatureColumn(0, ColumnType.Numeric)], Ct);
        await Store.ExecuteAsync(
            new SqlStatement(
                $"INSERT INTO {ModelTables.Predictions(model)} (prediction_id, f0) SELECT toString(number), number FROM numbers(10)"
            ),
            Ct
        );
        await fixture.ReopenAsync();
        Assert.Equal("10", await TextAsync($"SELECT toString(count()) FROM {ModelTables.Predictions(model)}"));
        Assert.Equal("1", await TextAsync("SELECT toString(max(n)) FROM (SELECT count() AS n FROM schema_migrations GROUP BY number)"));
        // A fresh cache finds the columns that are there.
        await new ModelTables(Store).EnsureAsync(
            model,
            [new FeatureColumn(0, ColumnType.Numeric), new FeatureColumn(1, ColumnType.Text)],
            Ct
        );
        Assert.Equal(
            "NULL 45",
            await TextAsync($"SELECT concat(ifNull(any(f1), 'NULL'), ' ', toString(sum(f0))) FROM {ModelTables.Predictions(model)}")
        );
    }

    [Fact]
    public async Task With_final_a_condition_is_asked_of_the_newest_row_of_each_key()
    {
        await Store.ExecuteAsync(
            new SqlStatement(
                "CREATE TABLE newest (key UInt32, value UInt32, version UInt32) ENGINE = ReplacingMergeTree(version) ORDER BY key"
            ),
            Ct
        );
        await Store.ExecuteAsync(new SqlStatement("INSERT INTO newest SELECT number, 1, 1 FROM numbers(100)"), Ct);
        await Store.ExecuteAsync(new SqlStatement("INSERT INTO newest SELECT number, 0, 2 FROM numbers(50)"), Ct);
        Assert.Equal("50", await TextAsync("SELECT toString(count()) FROM newest FINAL WHERE value = 1"));
        Assert.Equal("10", await TextAsync("SELECT toString(count()) FROM newest FINAL WHERE key >= 40 AND key < 60 AND value = 1"));
        Assert.Equal("20", await TextAsync("SELECT toString(count()) FROM newest FINAL WHERE key >= 40 AND key < 60"));
    }
}
