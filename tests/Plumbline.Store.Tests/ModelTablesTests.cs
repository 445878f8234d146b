namespace Plumbline.Store.Tests;

public sealed class ModelTablesTests(StoreFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IColumnStore Store => fixture.Store;

    private async Task<ulong> NumberAsync(string sql)
    {
        using var rows = await Store.QueryAsync(new SqlStatement(sql), Ct);
        rows.Read();
        return rows.ReadUInt64();
    }

    [Fact]
    public async Task A_block_with_the_same_token_is_stored_once_over_several_months()
    {
        var model = StoreFixture.NextModel();
        using var rows = new RowBinaryBuffer();
        for (var month = 1; month <= 12; month++)
        {
            for (var i = 0; i < 100; i++)
            {
                rows.WriteUInt32((uint)model);
                rows.WriteString($"{month}-{i}");
                rows.WriteDateTime64Ms(new DateTimeOffset(2018, month, 1, 0, 0, i % 60, TimeSpan.Zero).ToUnixTimeMilliseconds());
            }
        }
        string[] columns = ["model_id", "prediction_id", "timestamp"];
        for (var attempt = 0; attempt < 3; attempt++)
            await Store.InsertAsync(ModelTables.SignalsTable, columns, rows.Written, "block-1", Ct);
        Assert.Equal(1200UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(model)}"));
        Assert.Equal(12UL, await NumberAsync($"SELECT uniqExact(toYYYYMM(timestamp)) FROM {ModelTables.Signals(model)}"));
        // The token decides, not the rows.
        await Store.InsertAsync(ModelTables.SignalsTable, columns, rows.Written, "block-2", Ct);
        Assert.Equal(2400UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(model)}"));
    }

    [Fact]
    public async Task Deleted_rows_of_one_model_are_gone_and_stay_gone()
    {
        var (mine, other) = (StoreFixture.NextModel(), StoreFixture.NextModel());
        var insert =
            $"INSERT INTO {ModelTables.SignalsTable} (model_id, timestamp, name) SELECT model, "
            + "addMonths(toDateTime('2031-01-05 00:00:00', 'UTC'), number), name "
            + $"FROM numbers(60) AS months CROSS JOIN (SELECT arrayJoin([{mine}, {other}]) AS model) AS models CROSS JOIN (SELECT "
            + "arrayJoin(['a', 'b']) AS name) AS names";
        await Store.ExecuteAsync(new SqlStatement(insert), Ct);
        await SharedRows.DeleteAsync(Store, ModelTables.SignalsTable, mine, "name = {name:String}", [new SqlParameter("name", "a")], Ct);
        await AssertCountsAsync(60, 120);
        // Rows that come after a deletion are not meant by it.
        await Store.ExecuteAsync(
            new SqlStatement(
                $"INSERT INTO {ModelTables.SignalsTable} (model_id, timestamp, name) VALUES ({mine}, '2031-01-05 00:00:00', 'a')"
            ),
            Ct
        );
        await AssertCountsAsync(61, 120);
        await SharedRows.DeleteAsync(Store, ModelTables.SignalsTable, mine, "1", [], Ct);
        await AssertCountsAsync(0, 120);
        await fixture.ReopenAsync();
        await AssertCountsAsync(0, 120);

        async Task AssertCountsAsync(ulong ofMine, ulong ofOther)
        {
            Assert.Equal(
                (ofMine, ofOther),
                (
                    await NumberAsync($"SELECT count() FROM {ModelTables.Signals(mine)}"),
                    await NumberAsync($"SELECT count() FROM {ModelTables.Signals(other)}")
                )
            );
            Assert.Equal(ofMine, await NumberAsync($"SELECT countIf(name != '') FROM {ModelTables.Signals(mine)}"));
        }
    }

    [Fact]
    public async Task Five_thousand_features_are_made_widened_filled_and_read()
    {
        var model = StoreFixture.NextModel();
        var tables = new ModelTables(Store);
        var features = Enumerable
            .Range(0, 4_999)
            .Select(i => new FeatureColumn(i, i % 10 == 9 ? ColumnType.Categorical : ColumnType.Numeric))
            .ToList();
        await tables.EnsureAsync(model, features, Ct);
        features.Add(new FeatureColumn(4_999, ColumnType.Categorical));
        await tables.EnsureAsync(model, features, Ct);
        var table = ModelTables.Predictions(model);
        using var buffer = new RowBinaryBuffer();
        for (var row = 0; row < 20; row++)
        {
            buffer.WriteString(row.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var feature in features)
            {
                if (feature.Type == ColumnType.Numeric)
                    buffer.WriteDouble(row + feature.Ordinal);
                else
                    buffer.WriteNullableString(row % 2 == 0 ? "even" : null);
            }
        }
        await Store.InsertAsync(table, ["prediction_id", .. features.Select(feature => feature.Name)], buffer.Written, "wide", Ct);
        Assert.Equal(
            5_000UL,
            await NumberAsync($"SELECT count() FROM system.columns WHERE table = '{table}' AND match(name, '^f[0-9]+$')")
        );
        Assert.Equal(
            (ulong)Enumerable.Range(0, 20).Sum(row => row + 4_998),
            await NumberAsync($"SELECT toUInt64(sum(f4998)) FROM {table}")
        );
        Assert.Equal(10UL, await NumberAsync($"SELECT count(f4999) FROM {table}"));
    }

    [Fact]
    public async Task A_column_added_later_is_missing_in_the_rows_before_it()
    {
        var model = StoreFixture.NextModel();
        var tables = new ModelTables(Store);
        await tables.EnsureAsync(model, [], Ct);
        var table = ModelTables.Predictions(model);
        await Store.ExecuteAsync(new SqlStatement($"INSERT INTO {table} (prediction_id) SELECT toString(number) FROM numbers(7)"), Ct);
        await tables.EnsureAsync(
            model,
            [new(0, ColumnType.Numeric), new(1, ColumnType.Categorical), new(2, ColumnType.Boolean), new(3, ColumnType.Text)],
            Ct
        );
        Assert.Equal(7UL, await NumberAsync($"SELECT countIf(isNaN(f0) AND f1 IS NULL AND f2 IS NULL AND f3 IS NULL) FROM {table}"));
    }

    [Fact]
    public async Task Many_callers_at_once_widen_one_table_without_an_error()
    {
        var model = StoreFixture.NextModel();
        var tables = new ModelTables(Store);
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    tables.EnsureAsync(
                        model,
                        [.. Enumerable.Range(0, i + 1).Select(ordinal => new FeatureColumn(ordinal, ColumnType.Numeric))],
                        Ct
                    )
                )
        );
        Assert.Equal(
            20UL,
            await NumberAsync(
                $"SELECT count() FROM system.columns WHERE table = '{ModelTables.Predictions(model)}' AND match(name, '^f[0-9]+$')"
            )
        );
        var before = Store.Timings.Count;
        await tables.EnsureAsync(model, [new FeatureColumn(3, ColumnType.Numeric)], Ct);
        Assert.Equal(before, Store.Timings.Count);
    }

    [Fact]
    public async Task A_column_does_not_change_its_type()
    {
        var model = StoreFixture.NextModel();
        await new ModelTables(Store).EnsureAsync(model, [new FeatureColumn(0, ColumnType.Numeric)], Ct);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new ModelTables(Store).EnsureAsync(model, [new FeatureColumn(0, ColumnType.Text)], Ct)
        );
        Assert.Contains("f0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dropping_a_model_leaves_the_others()
    {
        var (gone, kept) = (StoreFixture.NextModel(), StoreFixture.NextModel());
        var tables = new ModelTables(Store);
        foreach (var model in (int[])[gone, kept])
        {
            await tables.EnsureAsync(model, [], Ct);
            await tables.CreateReferenceAsync(model, 1, [new FeatureColumn(0, ColumnType.Boolean)], Ct);
            await Store.ExecuteAsync(new SqlStatement($"INSERT INTO metric_points (model_id, metric) VALUES ({model}, 'x')"), Ct);
            await Store.ExecuteAsync(new SqlStatement($"INSERT INTO signals (model_id, name) VALUES ({model}, 'x')"), Ct);
        }
        await tables.DropAsync(gone, Ct);
        Assert.Equal(0UL, await NumberAsync($"SELECT count() FROM system.tables WHERE match(name, '_{gone}(_|$)')"));
        Assert.Equal(2UL, await NumberAsync($"SELECT count() FROM system.tables WHERE match(name, '_{kept}(_|$)')"));
        Assert.Equal(0UL, await NumberAsync($"SELECT count() FROM metric_points WHERE model_id = {gone}"));
        Assert.Equal(1UL, await NumberAsync($"SELECT count() FROM metric_points WHERE model_id = {kept}"));
        Assert.Equal(0UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(gone)}"));
        Assert.Equal(1UL, await NumberAsync($"SELECT count() FROM {ModelTables.Signals(kept)}"));
        await tables.EnsureAsync(gone, [new FeatureColumn(0, ColumnType.Text)], Ct);
        Assert.Equal(0UL, await NumberAsync($"SELECT count() FROM {ModelTables.Predictions(gone)}"));
    }
}
