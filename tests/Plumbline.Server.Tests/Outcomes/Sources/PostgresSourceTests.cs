using System.Text.Json;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>
/// Outcomes pulled from a real PostgreSQL: each row once, whatever its watermark, whenever it was committed, whatever went wrong between.
/// </summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresSourceTests(TestHost host, PostgresServer postgres)
{
    private const string Columns =
        "(id bigint PRIMARY KEY, prediction_id text, happened timestamptz, outcome text, updated_at timestamptz)";

    [Theory]
    [InlineData(null)]
    [InlineData("id")]
    public async Task Rows_of_equal_watermark_over_page_borders_come_once(string? tieBreaker)
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        // Three rows of each watermark, pages of two and of four.
        await postgres.ExecuteAsync(
            $"INSERT INTO {table} SELECT i, 'p' || i, '2026-03-01T08:00:00Z'::timestamptz + i * interval '1 s', (i % 2)::text, "
                + "'2026-03-02T00:00:00.000001Z'::timestamptz + (i / 3) * interval '1 microsecond' FROM generate_series(1, 100) i"
        );
        foreach (var page in (int[])[2, 4])
        {
            await host.Client.PutSourceAsync(model, $"s{page}", Truth(table, page, tieBreaker));
            var view = await host.Client.FirstPullAsync(model, $"s{page}");
            Assert.Equal("2026-03-02T00:00:00.000034Z", view.GetProperty("cursor").GetString());
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"p{i} {i % 2}").Order(StringComparer.Ordinal), await host.TruthsAsync(model));
        Assert.Equal(100, (await host.Client.SourceAsync(model, "s2")).GetProperty("rows_taken").GetInt64());
        Assert.Equal((0, 100), Counts(await host.Client.SourceAsync(model, "s4")));
    }

    [Fact]
    public async Task New_rows_and_rows_that_were_committed_late_are_found_and_old_ones_not_doubled()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await using var late = await postgres.ConnectAsync();
        await using var transaction = await late.BeginTransactionAsync();
        await InsertAsync(late, table, 1);
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (2, 'p2', now(), '1', now())");
        await host.Client.PutSourceAsync(model, "s", Signals(table));
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["refund p2 1"], await host.SignalsAsync(model));

        // Its time is before the cursor.
        await transaction.CommitAsync();
        await host.Client.PullAsync(model, "s");
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (3, 'p3', now(), '1', now())");
        await host.Client.PullAsync(model, "s");
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["refund p1 1", "refund p2 1", "refund p3 1"], await host.SignalsAsync(model));
        Assert.InRange((await host.Client.SourceAsync(model, "s")).GetProperty("duplicates").GetInt64(), 3, long.MaxValue);

        static async Task InsertAsync(Npgsql.NpgsqlConnection connection, string table, int id)
        {
            await using var insert = connection.CreateCommand();
            insert.CommandText = $"INSERT INTO {table} VALUES ({id}, 'p{id}', now(), '1', now())";
            await insert.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task A_schema_change_is_a_stated_error_and_nothing_is_lost_or_doubled_by_it()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (1, 'p1', now(), '1', now())");
        await host.Client.PutSourceAsync(model, "s", Truth(table, 10, null));
        var before = await host.Client.PullAsync(model, "s");

        await postgres.ExecuteAsync(
            $"ALTER TABLE {table} RENAME outcome TO result; INSERT INTO {table} VALUES (2, 'p2', now(), '0', now())"
        );
        var failing = await host.Client.WaitForErrorAsync(model, "s", "column_missing");
        Assert.Equal("failing", failing.GetProperty("state").GetString());
        Assert.Contains("no column 'outcome'", failing.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(before.GetProperty("cursor").GetString(), failing.GetProperty("cursor").GetString());

        await postgres.ExecuteAsync(
            $"ALTER TABLE {table} RENAME result TO outcome; ALTER TABLE {table} ALTER outcome TYPE bool USING outcome = '1'"
        );
        var changed = await host.Client.WaitForErrorAsync(model, "s", "schema_changed");
        Assert.Contains(
            "was text and is true or false now",
            changed.GetProperty("error").GetProperty("message").GetString(),
            StringComparison.Ordinal
        );

        // It resumes by itself when the column is as it was.
        await postgres.ExecuteAsync($"ALTER TABLE {table} ALTER outcome TYPE text USING outcome::int::text");
        await host.Client.WaitForSourceAsync(
            model,
            "s",
            view => view.GetProperty("state").GetString() == "ok" && view.GetProperty("error").ValueKind == JsonValueKind.Null
        );
        Assert.Equal(["p1 1", "p2 0"], await host.TruthsAsync(model));

        // Declaring it again accepts another kind.
        await postgres.ExecuteAsync(
            $"ALTER TABLE {table} ALTER outcome TYPE int USING outcome::int; INSERT INTO {table} VALUES (3, 'p3', now(), 1, now())"
        );
        await host.Client.WaitForErrorAsync(model, "s", "schema_changed");
        await host.Client.PutSourceAsync(model, "s", Truth(table, 10, null));
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["p1 1", "p2 0", "p3 1"], await host.TruthsAsync(model));
    }

    [Fact]
    public async Task A_database_that_goes_away_is_a_stated_error_and_pulling_goes_on_by_itself_when_it_is_back()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (1, 'p1', now(), '1', now())");
        await host.Client.PutSourceAsync(model, "s", Truth(table, 10, null));
        await host.Client.PullAsync(model, "s");
        await postgres.StopAsync();
        try
        {
            await host.Client.WaitForErrorAsync(model, "s", "unreachable");
            // The first may be of a pull that was cut off in its midst; those after it find nobody.
            var failing = await host.Client.WaitForSourceAsync(
                model,
                "s",
                view =>
                    view.GetProperty("error") is { ValueKind: JsonValueKind.Object } error
                    && error.GetProperty("message").GetString()!.Contains("cannot be reached", StringComparison.Ordinal)
            );
            failing = await host.Client.WaitForSourceAsync(
                model,
                "s",
                view => view.GetProperty("error").GetProperty("failures").GetInt32() > 1
            );
            Assert.True(
                failing.GetProperty("next_pull_at").GetDateTimeOffset()
                    > failing.GetProperty("error").GetProperty("since").GetDateTimeOffset()
            );
        }
        finally
        {
            await postgres.StartAsync();
        }

        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (2, 'p2', now(), '0', now())");
        await host.Client.WaitForSourceAsync(model, "s", view => view.GetProperty("state").GetString() == "ok");
        // It may have been back before the row was there.
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["p1 1", "p2 0"], await host.TruthsAsync(model));
    }

    [Fact]
    public async Task Bad_rows_are_counted_with_examples_and_good_ones_kept()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await postgres.ExecuteAsync(
            $"""
            INSERT INTO {table} VALUES (1, 'p1', now(), '2.5', now()), (2, 'p2', NULL, '1', now()), (3, 'p3', 'infinity', '1', now()),
                (4, 'p4', now(), 'many', now()), (5, 'p5', now(), NULL, now()), (6, NULL, now(), '-3', now()),
                (7, '', now(), '1', now()), (8, 'p8', now() + interval '1 year', '1', now()), (9, 'p9', '1969-12-31', '1', now()),
                (10, 'p10', '1970-01-02', '1', now())
            """
        );
        await host.Client.PutSourceAsync(model, "s", Signals(table, tieBreaker: "id"));
        var view = await host.Client.PullAsync(model, "s");
        Assert.Equal(["refund  -3", "refund p1 2.5", "refund p10 1"], await host.SignalsAsync(model));
        Assert.Equal(7, view.GetProperty("rejected").GetInt64());
        // The next pull looks back and meets them again.
        Assert.Equal(7, (await host.Client.PullAsync(model, "s")).GetProperty("rejected").GetInt64());
        var rows = view.GetProperty("rejected_rows").EnumerateArray().ToList();
        Assert.Equal(5, rows.Count);
        Assert.EndsWith(", id 2", rows[0].GetProperty("row").GetString(), StringComparison.Ordinal);
        Assert.Equal(("field_missing", "timestamp"), (rows[0].GetProperty("code").GetString(), rows[0].GetProperty("field").GetString()));
        Assert.Contains("'happened' is null", rows[1].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(("field_invalid", "value"), (rows[2].GetProperty("code").GetString(), rows[2].GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Integers_are_watermarks_too_and_rows_with_a_time_to_come_wait_for_it()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await postgres.ExecuteAsync(
            $"INSERT INTO {table} VALUES (10, 'p10', now(), '1', now()), (20, 'p20', now(), '0', now() + interval '3 s')"
        );
        await host.Client.PutSourceAsync(model, "by-id", Truth(table, 1, null, watermark: "id"));
        await host.Client.PullAsync(model, "by-id");
        // A number that was taken earlier, committed later.
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (15, 'p15', now(), '1', now())");
        Assert.Equal("20", (await host.Client.PullAsync(model, "by-id")).GetProperty("cursor").GetString());
        Assert.Equal(["p10 1", "p15 1", "p20 0"], await host.TruthsAsync(model));

        var other = await host.CreateModelAsync(new { task = "binary" });
        await postgres.ExecuteAsync($"UPDATE {table} SET updated_at = now() + interval '3 s' WHERE id = 20");
        await host.Client.PutSourceAsync(other, "by-time", Truth(table, 1, null));
        await host.Client.PullAsync(other, "by-time");
        Assert.Equal(["p10 1", "p15 1"], await host.TruthsAsync(other));
        await host.Client.WaitForSourceAsync(other, "by-time", view => view.GetProperty("rows_taken").GetInt64() == 3, pull: true);
    }

    [Fact]
    public async Task Names_that_try_to_break_out_are_only_names()
    {
        PostgresServer.SkipWhenMissing();
        const string Hostile = """o"; DROP TABLE victims; -- '{x:Identifier}`\ $1 @a""";
        var quoted = "\"" + Hostile.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        var model = await host.CreateModelAsync(new { task = "binary" });
        await postgres.ExecuteAsync(
            $"CREATE TABLE victims (x int); CREATE TABLE {quoted} ({quoted} text, \"the time\" timestamptz, \"Value\" int, "
                + "\"order\" bigint)"
        );
        await postgres.ExecuteAsync($"INSERT INTO {quoted} VALUES ('a'';--', now(), 1, 1), ('b', now(), 0, 2)");
        await host.Client.PutSourceAsync(
            model,
            "s",
            new
            {
                connection = "warehouse",
                table = Hostile,
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = Hostile,
                    timestamp = "the time",
                    value = "Value",
                },
                watermark = "order",
                tie_breaker = Hostile,
            }
        );
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["a';-- 1", "b 0"], await host.TruthsAsync(model));
        Assert.Equal(0, await postgres.CountAsync("SELECT count(*) FROM victims"));

        await host.Client.PutSourceAsync(
            model,
            "none",
            new
            {
                connection = "warehouse",
                table = "x'; DROP TABLE victims; --",
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = "a",
                    timestamp = "b",
                    value = "c",
                },
                watermark = "d",
            }
        );
        await host.Client.WaitForErrorAsync(model, "none", "table_missing");
        Assert.Equal(0, await postgres.CountAsync("SELECT count(*) FROM victims"));
    }

    [Fact]
    public async Task A_refused_login_is_said_without_the_password()
    {
        PostgresServer.SkipWhenMissing();
        var model = await host.CreateModelAsync(new { task = "binary" });
        await host.Client.PutSourceAsync(
            model,
            "s",
            new
            {
                connection = "denied",
                table = "t",
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = "a",
                    timestamp = "b",
                    value = "c",
                },
                watermark = "d",
            }
        );
        var view = await host.Client.WaitForErrorAsync(model, "s", "login_denied");
        Assert.DoesNotContain("wrong", view.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "Check user and password of the connection 'denied'",
            view.GetProperty("error").GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_table_begins_again_and_another_pause_does_not()
    {
        PostgresServer.SkipWhenMissing();
        var (model, table) = await NewAsync();
        await postgres.ExecuteAsync($"INSERT INTO {table} VALUES (1, 'p1', now(), '1', now())");
        await host.Client.PutSourceAsync(model, "s", Truth(table, 10, null));
        await host.Client.PullAsync(model, "s");
        Assert.NotNull((await host.Client.PutSourceAsync(model, "s", Truth(table, 20, null))).GetProperty("cursor").GetString());
        var (_, other) = await NewAsync();
        Assert.Null((await host.Client.PutSourceAsync(model, "s", Truth(other, 20, null))).GetProperty("cursor").GetString());
    }

    private async Task<(string Model, string Table)> NewAsync()
    {
        var table = postgres.NewTable();
        await postgres.ExecuteAsync($"CREATE TABLE {table} {Columns}");
        return (await host.CreateModelAsync(new { task = "binary" }), table);
    }

    private static object Truth(string table, int page, string? tieBreaker, string watermark = "updated_at") =>
        new
        {
            connection = "warehouse",
            table,
            gives = "ground_truth",
            columns = new
            {
                prediction_id = "prediction_id",
                timestamp = "happened",
                value = "outcome",
            },
            watermark,
            tie_breaker = tieBreaker,
            every = "1h",
            page,
        };

    private static object Signals(string table, string? tieBreaker = null) =>
        new
        {
            connection = "warehouse",
            table,
            gives = "signals",
            signal = "refund",
            columns = new
            {
                prediction_id = "prediction_id",
                timestamp = "happened",
                value = "outcome",
            },
            watermark = "updated_at",
            tie_breaker = tieBreaker,
            every = "1h",
        };

    private static (long Taken, long Duplicates) Counts(JsonElement view) =>
        (view.GetProperty("rows_taken").GetInt64(), view.GetProperty("duplicates").GetInt64());
}
