using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Monitoring.FeatureTypes;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Profiles;
using Plumbline.Store;

namespace Plumbline.Server.Tests.References;

public sealed class ReferenceEndpointTests(TestHost host)
{
    private const string Csv =
        "amount,country,flag,note,p,y,t\n1.5,FR,true,\"a, \"\"b\"\"\",1,1,2026-01-01T00:00:00Z\n-2,DE,False,'; DROP TABLE x; "
        + "--,0,1,2026-01-02 10:00:00\n,FR,,<b>,1,0,1767312000000\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(
        string model,
        byte[] body,
        string mediaType,
        string query = "",
        bool gzipHeader = false
    )
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (gzipHeader)
            content.Headers.ContentEncoding.Add("gzip");
        using var response = await host.Client.PutAsync(new Uri($"/v1/models/{model}/reference{query}", UriKind.Relative), content, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private static byte[] Gzip(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return buffer.ToArray();
    }

    private Task<string> BinaryAsync() => host.CreateModelAsync(new { task = "binary", positive_class = "1" }, "reference");

    private (ModelDefinition Model, Baseline Baseline) Loaded(string name)
    {
        var model = host.Get<ModelCatalog>().Find(name)!;
        return (model, host.Get<BaselineCatalog>().Find(model.Id)!);
    }

    [Fact]
    public async Task Csv_becomes_a_baseline_with_inferred_features()
    {
        var name = await BinaryAsync();
        var (status, body) = await PutAsync(
            name,
            Encoding.UTF8.GetBytes(Csv),
            "text/csv; charset=utf-8",
            "?prediction=p&ground_truth=y&timestamp=t&version=v1"
        );
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        Assert.Equal(
            (3, 3, 1, true, "v1", 4),
            (
                body.GetProperty("rows").GetInt64(),
                body.GetProperty("ground_truth_rows").GetInt64(),
                body.GetProperty("generation").GetInt32(),
                body.GetProperty("declared").GetBoolean(),
                body.GetProperty("version").GetString(),
                body.GetProperty("features").GetInt32()
            )
        );
        var (model, baseline) = Loaded(name);
        Assert.Equal(
            [
                ("amount", FeatureType.Numeric),
                ("country", FeatureType.Categorical),
                ("flag", FeatureType.Boolean),
                ("note", FeatureType.Categorical),
            ],
            model.Features.Select(feature => (feature.Name, feature.Type))
        );
        Assert.Equal(["1", "0"], model.Classes);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), baseline.From);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 10, 0, 0, TimeSpan.Zero), baseline.To);
        Assert.Equal(
            (1, 2, -2.0, 1.5),
            (
                baseline.Features["amount"].Profile.Missing,
                baseline.Features["amount"].Profile.Present,
                baseline.Features["amount"].Profile.Minimum,
                baseline.Features["amount"].Profile.Maximum
            )
        );
        Assert.Equal(["FR", "DE"], baseline.Features["country"].Categories);
        Assert.Equal(["false", "true"], baseline.Features["flag"].Categories);
        Assert.Contains("a, \"b\"", baseline.Features["note"].Categories);
        Assert.Equal(["1", "0"], baseline.Features["@prediction"].Categories);
        Assert.Contains("v1", host.Get<ModelCatalog>().Versions(model.Id));
        var read = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/reference", Ct);
        Assert.Equal(3, read.GetProperty("rows").GetInt64());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Ndjson_in_gzip_keeps_json_types(bool header)
    {
        var name = await host.CreateModelAsync(new { task = "regression" }, "reference");
        const string Rows = """
            {"a.b":1,"text":"12","on":true,"nested":{"x":[1]},"answer":2.5,"mixed":1}
            {"a.b":2.5,"text":"x","on":null,"nested":{"x":[]},"answer":3,"mixed":"one"}
            """;
        var (status, body) = await PutAsync(name, Gzip(Rows), "application/x-ndjson", "?prediction=answer", header);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        var (model, baseline) = Loaded(name);
        Assert.Equal(
            [
                ("a.b", FeatureType.Numeric),
                ("text", FeatureType.Categorical),
                ("on", FeatureType.Boolean),
                ("nested.x", FeatureType.Categorical),
                ("mixed", FeatureType.Categorical),
            ],
            model.Features.Select(feature => (feature.Name, feature.Type))
        );
        Assert.Equal((2.5, 3.0), (baseline.Features["@prediction"].Profile.Minimum, baseline.Features["@prediction"].Profile.Maximum));
        Assert.Null(baseline.From);
    }

    [Fact]
    public async Task Parquet_written_by_the_engine_is_read()
    {
        var name = await BinaryAsync();
        var bytes = await host.Get<IColumnStore>()
            .QueryFormattedAsync(
                new SqlStatement(
                    "SELECT number AS id, number / 7 AS ratio, toString(number % 3) AS kind, number % 2 = 0 AS even, "
                        + "toInt64(number % 2) AS answer, number / 1000 AS p, toDateTime64(number * 60, 3, 'UTC') AS at FROM numbers(1000)"
                ),
                "Parquet",
                Ct
            );
        var (status, body) = await PutAsync(
            name,
            bytes,
            "application/vnd.apache.parquet",
            "?prediction=answer&score=p&timestamp=at&id=id&features=ratio,kind,even"
        );
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        var (model, baseline) = Loaded(name);
        Assert.Equal(["ratio", "kind", "even"], model.Features.Select(feature => feature.Name));
        Assert.Equal(107, baseline.Features["ratio"].Edges.Length);
        Assert.Equal(9.99 / 7, baseline.Features["ratio"].Edges[4], 1e-12);
        Assert.Equal(9, baseline.Features["@score"].DecileIndices.Length);
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    $"SELECT prediction_id, id_hash, confidence, entropy FROM {ModelTables.Reference(model.Id, 1)} WHERE "
                        + "prediction_id = '250'"
                ),
                Ct
            );
        Assert.True(rows.Read());
        Assert.Equal("250", rows.ReadString());
        Assert.Equal(Events.Batches.IdHash.Of("250"u8).Low, rows.ReadUInt64());
        Assert.Equal(0.75, rows.ReadDouble());
        Assert.Equal(-((0.25 * Math.Log2(0.25)) + (0.75 * Math.Log2(0.75))), rows.ReadDouble(), 1e-12);
    }

    [Theory]
    [InlineData("", "text/csv", "", 400, "reference_empty")]
    [InlineData("a,b\n", "text/csv", "", 400, "reference_empty")]
    [InlineData("a,b\n1,2\n", "text/plain", "", 415, "media_type_unknown")]
    [InlineData("a,b\n1,2\n", "text/csv", "?prediction=c", 400, "column_missing")]
    [InlineData("a,b\n1,2\n", "text/csv", "?features=a,zz", 400, "column_missing")]
    [InlineData("a,b\n1,\n2,\n", "text/csv", "?prediction=b", 400, "column_all_missing")]
    [InlineData("a,b\n1,2,3,4\n\"", "text/csv", "", 400, "reference_unreadable")]
    [InlineData("{\"a\":1}\n{\"a\":", "application/x-ndjson", "", 400, "reference_unreadable")]
    [InlineData("PAR1", "application/vnd.apache.parquet", "", 400, "reference_unreadable")]
    [InlineData("a,s\n1,0.5\n2,1.5\n", "text/csv", "?score=s", 400, "score_invalid")]
    [InlineData("a,t\n1,yesterday\n", "text/csv", "?timestamp=t", 400, "timestamp_invalid")]
    [InlineData("@a,b\n1,2\n", "text/csv", "?features=@a", 400, "feature_name_invalid")]
    [InlineData("{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\"}", "application/json", "", 400, "reference_invalid")]
    [InlineData("{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}", "application/json", "", 400, "reference_empty")]
    [InlineData("{\"from\":\"x\"}", "application/json", "", 400, "reference_invalid")]
    [InlineData("{\"from\":", "application/json", "", 400, "json_invalid")]
    [InlineData("[]", "application/json", "", 400, "reference_invalid")]
    [InlineData("{\"url\":\"file:///etc/passwd\"}", "application/json", "", 403, "url_not_allowed")]
    public async Task Bad_input_is_refused_with_a_reason_and_changes_nothing(
        string body,
        string mediaType,
        string query,
        int status,
        string code
    )
    {
        var name = await BinaryAsync();
        var (answered, problem) = await PutAsync(name, Encoding.UTF8.GetBytes(body), mediaType, query);
        Assert.True((int)answered == status, problem.ToString());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.InRange(problem.GetProperty("detail").GetString()!.Length, 20, 2000);
        Assert.Null(Loaded(name).Baseline);
        Assert.Empty(Loaded(name).Model.Features);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var (status, problem) = await PutAsync("no-such-model", "a\n1\n"u8.ToArray(), "text/csv");
        Assert.Equal((HttpStatusCode.NotFound, "unknown_model"), (status, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Values_of_another_type_than_declared_are_counted_and_kept_raw()
    {
        var name = await host.CreateModelAsync(
            new { task = "binary", features = new { amount = new { type = "numeric" }, code = new { type = "categorical" } } },
            "reference"
        );
        var (status, body) = await PutAsync(name, "amount,code,empty\n1,5,\nbroken,6,\n,7,\n"u8.ToArray(), "text/csv");
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        Assert.Equal("empty", body.GetProperty("ignored")[0].GetProperty("column").GetString());
        var (model, baseline) = Loaded(name);
        var amount = baseline.Features["amount"].Profile;
        Assert.Equal((1, 1, 1), (amount.Present, amount.Missing, amount.TypeErrors));
        Assert.Equal(["5", "6", "7"], baseline.Features["code"].Categories);
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(new SqlStatement($"SELECT raw FROM {ModelTables.Reference(model.Id, 1)} WHERE notEmpty(mapKeys(raw))"), Ct);
        Assert.True(rows.Read());
        var kept = Assert.Single(rows.ReadStringMap());
        Assert.Equal(("amount", "broken"), (kept.Key, JsonSerializer.Deserialize<string>(kept.Value)));
    }

    [Fact]
    public async Task A_second_reference_replaces_the_first_and_its_rows()
    {
        var name = await BinaryAsync();
        await PutAsync(name, "a\n1\n2\n"u8.ToArray(), "text/csv");
        var (_, body) = await PutAsync(name, "a,b\n5,x\n6,y\n7,z\n"u8.ToArray(), "text/csv");
        Assert.Equal(2, body.GetProperty("generation").GetInt32());
        var (model, baseline) = Loaded(name);
        Assert.Equal((3, 2), (baseline.Rows, model.Features.Length));
        // Kept a minute for those who began to read it.
        Assert.Equal(1, await host.Get<FormerStorage>().DropAsync(model.Id, Ct));
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    "SELECT name FROM system.tables WHERE match(name, {like:String})",
                    new SqlParameter("like", $"reference_{model.Id}(_|$)")
                ),
                Ct
            );
        Assert.True(rows.Read());
        Assert.Equal(ModelTables.Reference(model.Id, 2), rows.ReadString());
        Assert.False(rows.Read());
    }

    [Fact]
    public async Task A_past_window_of_production_becomes_the_reference()
    {
        var name = await host.CreateModelAsync(RandomPredictions.Specification, "reference");
        var (model, _) = Loaded(name);
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], Ct);
        var rows = new RandomPredictions(11).Rows(600, 10);
        await RandomPredictions.StoreAsync(host.Get<IColumnStore>(), model, ModelTables.Predictions(model.Id), rows, Ct);
        await host.Get<IColumnStore>()
            .ExecuteAsync(
                new SqlStatement(
                    $"INSERT INTO {ModelTables.MatchedTable} (model_id, timestamp, id_hash, prediction_id, value, value_number, "
                        + $"labelled_at) SELECT {model.Id}, timestamp, id_hash, prediction_id, '1', 1, "
                        + $"now64(3) FROM {ModelTables.Predictions(model.Id)} WHERE version = 'v1'"
                ),
                Ct
            );
        var (status, body) = await PutAsync(
            name,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    from = RandomPredictions.Start,
                    to = RandomPredictions.Start.AddHours(4),
                    version = "v1",
                }
            ),
            "application/json"
        );
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        var expected = rows.Count(row =>
            row.Role == "primary" && row.Version == "v1" && row.Timestamp < RandomPredictions.Start.AddHours(4)
        );
        Assert.Equal((expected, expected), (body.GetProperty("rows").GetInt64(), body.GetProperty("ground_truth_rows").GetInt64()));
    }

    [Fact]
    public async Task Without_a_reference_the_first_complete_day_with_a_thousand_rows_becomes_it()
    {
        var name = await host.CreateModelAsync(RandomPredictions.Specification, "reference");
        var (model, _) = Loaded(name);
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], Ct);
        var random = new RandomPredictions(12);
        Row[] rows = [.. random.Rows(500, 24), .. random.Rows(1300, 24).Select(row => row with { Timestamp = row.Timestamp.AddDays(2) })];
        await RandomPredictions.StoreAsync(host.Get<IColumnStore>(), model, ModelTables.Predictions(model.Id), rows, Ct);
        await host.Get<BaselineCatalog>().ReadyAsync(model, Ct);
        var (_, baseline) = Loaded(name);
        Assert.False(baseline.Declared);
        Assert.Equal(rows.Count(row => row.Role == "primary" && row.Timestamp >= RandomPredictions.Start.AddDays(2)), baseline.Rows);
        Assert.InRange(baseline.From!.Value, RandomPredictions.Start.AddDays(2), RandomPredictions.Start.AddDays(3));
        // A declared one takes its place.
        await PutAsync(name, "amount\n1\n"u8.ToArray(), "text/csv");
        Assert.True(Loaded(name).Baseline.Declared);
    }

    [Fact]
    public async Task Without_a_reference_and_without_such_a_day_the_first_days_with_a_thousand_rows_together_become_it()
    {
        var name = await host.CreateModelAsync(RandomPredictions.Specification, "reference");
        var (model, _) = Loaded(name);
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], Ct);
        var random = new RandomPredictions(13);
        Row[] rows =
        [
            .. Enumerable
                .Range(0, 8)
                .SelectMany(day => random.Rows(600, 24).Select(row => row with { Timestamp = row.Timestamp.AddDays(day) })),
        ];
        await RandomPredictions.StoreAsync(host.Get<IColumnStore>(), model, ModelTables.Predictions(model.Id), rows, Ct);
        await host.Get<BaselineCatalog>().ReadyAsync(model, Ct);
        var (_, baseline) = Loaded(name);
        var days = rows.Where(row => row.Role == "primary")
            .GroupBy(row => row.Timestamp.UtcDateTime.Date, (day, ofDay) => (Day: day, Rows: ofDay.LongCount()))
            .OrderBy(day => day.Day)
            .ToList();
        Assert.All(days, day => Assert.InRange(day.Rows, 1, BaselineCatalog.FirstDaysRows - 1));
        var taken = Enumerable.Range(1, days.Count).First(count => days.Take(count).Sum(day => day.Rows) >= BaselineCatalog.FirstDaysRows);
        Assert.False(baseline.Declared);
        Assert.InRange(taken, 2, days.Count - 1);
        Assert.Equal(days.Take(taken).Sum(day => day.Rows), baseline.Rows);
        Assert.Equal((days[0].Day, days[taken - 1].Day), (baseline.From!.Value.UtcDateTime.Date, baseline.To!.Value.UtcDateTime.Date));
    }
}
