using System.Globalization;
using System.Text.Json;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>Outcomes pulled from Parquet files, of a folder and of a real S3 server.</summary>
public sealed class ParquetSourceTests(TestHost host, S3Server s3) : IClassFixture<S3Server>
{
    [Fact]
    public async Task New_files_of_a_folder_are_read_page_by_page_and_each_row_is_taken_once()
    {
        var (model, folder) = await NewAsync();
        await WriteAsync($"{folder}/2026/march.parquet", First: 1, Count: 100);
        await host.Client.PutSourceAsync(model, "s", Truth(folder, page: 7));
        var view = await host.Client.PullAsync(model, "s");
        Assert.Equal((100, 0), (view.GetProperty("rows_taken").GetInt64(), view.GetProperty("rejected").GetInt64()));
        Assert.Equal("2026-03-01T00:00:33.000000Z", view.GetProperty("cursor").GetString());

        await WriteAsync($"{folder}/2026/april.parquet", First: 101, Count: 50);
        await host.Client.PullAsync(model, "s");
        await host.Client.PullAsync(model, "s");
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"p{i} {i % 2}").Order(StringComparer.Ordinal), await host.TruthsAsync(model));
    }

    [Theory]
    [InlineData("event_number")]
    [InlineData("request")]
    public async Task A_tie_breaker_cuts_rows_of_one_watermark(string tieBreaker)
    {
        var (model, folder) = await NewAsync();
        await ExecuteAsync(
            $"{folder}/a.parquet",
            "concat('p', toString(number)) AS request, toDateTime64('2026-03-01 00:00:00', 6, 'UTC') AS at, "
                + "toFloat64(number) / 4 AS amount, number AS event_number, toDateTime64('2026-03-02 00:00:00', 6, 'UTC') AS updated_at",
            40
        );
        await host.Client.PutSourceAsync(
            model,
            "s",
            new
            {
                connection = "folder",
                path = $"{Path.GetFileName(folder)}/*.parquet",
                gives = "signals",
                columns = new
                {
                    prediction_id = "request",
                    timestamp = "at",
                    value = "amount",
                },
                signal = "refund",
                watermark = "updated_at",
                tie_breaker = tieBreaker,
                page = 3,
            }
        );
        // The first pull, which nobody has to ask for: a further one reads the newest rows once more.
        var view = await host.Client.WaitForSourceAsync(
            model,
            "s",
            view => view.GetProperty("state").GetString() == "ok" && view.GetProperty("caught_up_at").ValueKind == JsonValueKind.String
        );
        Assert.Equal((40, 0), (view.GetProperty("rows_taken").GetInt64(), view.GetProperty("duplicates").GetInt64()));
        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"refund p{i} {i / 4.0}")).Order(StringComparer.Ordinal),
            await host.SignalsAsync(model)
        );
    }

    [Fact]
    public async Task A_file_without_a_column_a_broken_file_and_none_at_all_are_stated_errors()
    {
        var (model, folder) = await NewAsync();
        await host.Client.PutSourceAsync(model, "s", Truth(folder));
        await host.Client.WaitForErrorAsync(model, "s", "table_missing");
        await WriteAsync($"{folder}/a.parquet", First: 1, Count: 10);
        await host.Client.PullAsync(model, "s");

        await ExecuteAsync(
            $"{folder}/b.parquet",
            "concat('q', toString(number)) AS request, toDateTime64('2026-03-01 00:00:00', 6, 'UTC') AS at, "
                + "toDateTime64('2026-03-05 00:00:00', 6, 'UTC') AS updated_at",
            3
        );
        await host.Client.WaitForErrorAsync(model, "s", "column_missing");
        await File.WriteAllTextAsync($"{folder}/b.parquet", "PAR1 this is none PAR1");
        var broken = await host.Client.WaitForErrorAsync(model, "s", "unreadable");
        Assert.Contains("cannot be read", broken.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);

        // Put in place in one step: between a deletion and a new file a pull would find only the good file, and be right to say "ok".
        await WriteAsync($"{folder}/b.new", First: 11, Count: 10);
        File.Move($"{folder}/b.new", $"{folder}/b.parquet", overwrite: true);
        await host.Client.WaitForSourceAsync(model, "s", view => view.GetProperty("state").GetString() == "ok");
        Assert.Equal(20, (await host.TruthsAsync(model)).Distinct().Count());
        Assert.Equal(20, (await host.TruthsAsync(model)).Count);
    }

    [Fact]
    public async Task Names_of_columns_that_try_to_break_out_are_only_names()
    {
        const string Hostile = "a` , b) FROM x; -- '{y:Identifier}\\ \"";
        var (model, folder) = await NewAsync();
        await host.Get<IColumnStore>()
            .ExecuteAsync(
                new SqlStatement(
                    "INSERT INTO FUNCTION file({path:String}, 'Parquet') SELECT 'p1' AS {id:Identifier}, "
                        + "toDateTime64('2026-03-01 00:00:00', 6, 'UTC') AS at, '1' AS value, toInt64(5) AS plumbline_w",
                    new SqlParameter("path", $"{folder}/a.parquet"),
                    new SqlParameter("id", new SqlIdentifier(Hostile))
                ),
                CancellationToken.None
            );
        await host.Client.PutSourceAsync(
            model,
            "s",
            new
            {
                connection = "folder",
                path = $"{Path.GetFileName(folder)}/a.parquet",
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = Hostile,
                    timestamp = "at",
                    value = "value",
                },
                watermark = "plumbline_w",
                tie_breaker = Hostile,
            }
        );
        await host.Client.PullAsync(model, "s");
        Assert.Equal(["p1 1"], await host.TruthsAsync(model));
    }

    [Fact]
    public async Task A_bucket_is_read_and_one_that_goes_away_is_read_again_when_it_is_back()
    {
        Assert.SkipWhen(s3.Missing is not null, s3.Missing ?? "");
        var model = await host.CreateModelAsync(new { task = "binary" });
        await WriteObjectAsync("exports/outcomes/a.parquet", first: 1, count: 100);
        await WriteObjectAsync("elsewhere/a.parquet", first: 1_000, count: 1);
        var source = new
        {
            connection = "lake",
            path = "outcomes/**/*.parquet",
            gives = "ground_truth",
            columns = new
            {
                prediction_id = "request",
                timestamp = "at",
                value = "fraud",
            },
            watermark = "updated_at",
            page = 30,
            every = "1h",
        };
        await host.Client.PutSourceAsync(model, "s", source with { path = "outcomes/*.parquet" });
        Assert.Equal(100, (await host.Client.PullAsync(model, "s")).GetProperty("rows_taken").GetInt64());

        await s3.StopAsync();
        var failing = await host.Client.WaitForErrorAsync(model, "s", "unreachable");
        Assert.DoesNotContain("S3RVER", failing.ToString(), StringComparison.Ordinal);
        await s3.StartAsync();
        await WriteObjectAsync("exports/outcomes/b.parquet", first: 101, count: 10);
        await host.Client.WaitForSourceAsync(
            model,
            "s",
            view => view.GetProperty("state").GetString() == "ok" && view.GetProperty("rows_taken").GetInt64() == 110,
            pull: true
        );
        Assert.Equal(Enumerable.Range(1, 110).Select(i => $"p{i} {i % 2}").Order(StringComparer.Ordinal), await host.TruthsAsync(model));

        await host.Client.PutSourceAsync(model, "denied", source with { connection = "lake-denied" });
        var denied = await host.Client.WaitForErrorAsync(model, "denied", "login_denied");
        Assert.DoesNotContain("something-else", denied.ToString(), StringComparison.Ordinal);
    }

    private async Task<(string Model, string Folder)> NewAsync()
    {
        var folder = Path.Combine(SourcePlaces.Folder, host.NewModelName("f"));
        Directory.CreateDirectory(folder);
        return (await host.CreateModelAsync(new { task = "binary" }), folder);
    }

    private static object Truth(string folder, int page = 50_000) =>
        new
        {
            connection = "folder",
            path = $"{Path.GetFileName(folder)}/**/*.parquet",
            gives = "ground_truth",
            columns = new
            {
                prediction_id = "request",
                timestamp = "at",
                value = "fraud",
            },
            watermark = "updated_at",
            every = "1h",
            page,
        };

    private static string Rows(int first) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"concat('p', toString(number + {first})) AS request, toDateTime64('2026-03-01 00:00:00', 6, 'UTC') AS at, "
                + $"toInt32((number + {first}) % 2) AS fraud, toDateTime64('2026-03-01 00:00:00', 6, "
                + $"'UTC') + toIntervalSecond(intDiv(number + {first}, 3)) AS updated_at"
        );

    private Task WriteAsync(string path, int First, int Count) => ExecuteAsync(path, Rows(First), Count);

    private async Task ExecuteAsync(string path, string columns, int count)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await host.Get<IColumnStore>()
            .ExecuteAsync(
                new SqlStatement(
                    $"INSERT INTO FUNCTION file({{path:String}}, 'Parquet') SELECT {columns} FROM numbers({{count:UInt64}}) "
                        + "SETTINGS engine_file_truncate_on_insert = 1",
                    new SqlParameter("path", path),
                    new SqlParameter("count", count)
                ),
                CancellationToken.None
            );
    }

    private Task WriteObjectAsync(string key, int first, int count) =>
        host.Get<IColumnStore>()
            .ExecuteAsync(
                new SqlStatement(
                    $"INSERT INTO FUNCTION s3({{url:String}}, 'S3RVER', 'S3RVER', 'Parquet') SELECT {Rows(first)} FROM "
                        + $"numbers({{count:UInt64}}) SETTINGS s3_truncate_on_insert = 1",
                    new SqlParameter(
                        "url",
                        FormattableString.Invariant($"http://127.0.0.1:{SourcePlaces.S3Port}/{SourcePlaces.Bucket}/{key}")
                    ),
                    new SqlParameter("count", count)
                ),
                CancellationToken.None
            );
}
