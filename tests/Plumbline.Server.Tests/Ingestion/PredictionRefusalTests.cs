using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plumbline.Events;
using Plumbline.Ingestion;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Access;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>Posts of predictions that are not taken, as a whole or in part: each says what is wrong, and where.</summary>
public sealed class PredictionRefusalTests(TestHost host)
{
    private static readonly object Binary = new
    {
        task = "binary",
        classes = new[] { "0", "1" },
        positive_class = "1",
    };

    [Fact]
    public async Task A_full_spool_is_a_429_that_says_when_to_come_back_and_takes_the_rows_then()
    {
        var model = await host.CreateModelAsync(Binary);
        var path = Path.Combine(Path.GetTempPath(), $"plumbline-full-{Guid.NewGuid():N}.db");
        await using (var spool = Spool.Open(new SpoolOptions { Path = path, MaxBytes = 300 }, TimeProvider.System))
        {
            var stored = host.Get<StoredIds>();
            var known = new KnownEvents(spool, stored, host.Get<ModelTables>(), new FilterBudget(1_000_000), new IntegrityFindings());
            var posts = new EventPosts(
                host.Get<FirstPredictions>(),
                new EventLimits(),
                host.Get<DecoderPool>(),
                new BodyBudget(1_000_000),
                new EventIntake(spool, known, stored, host.Get<FeatureInference>(), host.Get<ModelCatalog>(), TimeProvider.System),
                host.Get<RowAllowances>(),
                TimeProvider.System
            );
            Assert.Equal(202, (await PostAsync(posts, model, "first")).StatusCode);
            var full = await PostAsync(posts, model, "second");
            Assert.Equal((429, "2"), (full.StatusCode, full.Headers.RetryAfter.ToString()));
            var block = await spool.PlanBlockAsync(host.Model(model).Id, EventKind.Prediction, 100, 10_000);
            await spool.CompleteBlockAsync(block!);
            Assert.Equal(202, (await PostAsync(posts, model, "second")).StatusCode);
            Assert.Equal(new SpoolCounters(2, 0, 0, 1, 1), spool.Counters(host.Model(model).Id, EventKind.Prediction));
        }
        File.Delete(path);
    }

    [Fact]
    public async Task Bad_rows_come_back_by_index_and_made_ids_with_the_good_ones()
    {
        var model = await host.CreateModelAsync(Binary);
        var answer = await host.AcceptAsync(
            model,
            "predictions",
            """[{"features":{"a":1}},{"timestamp":"never"},{"prediction_id":"x","feature":{}},17]"""
        );
        Assert.Equal((2, 0, 2), answer.Counts());
        Assert.Equal(
            ["1 timestamp_invalid timestamp", "3 row_not_object "],
            answer
                .GetProperty("rejected")
                .EnumerateArray()
                .Select(r => $"{r.GetProperty("index")} {r.GetProperty("code")} {r.GetProperty("field")}")
        );
        var made = Assert.Single(answer.GetProperty("prediction_ids").EnumerateArray());
        Assert.Equal(0, made.GetProperty("index").GetInt32());
        Assert.True(Guid.TryParse(made.GetProperty("prediction_id").GetString(), out _));
        Assert.Equal("feature", answer.GetProperty("ignored_fields")[0].GetString());
        var counters = await host.StoredAsync(model);
        Assert.Equal((4, 2, 2), (counters.Received, counters.Stored, counters.Rejected));
    }

    [Theory]
    [InlineData("[{\"a\":1},\n {\"b\":}]", "malformed_json", 16)]
    [InlineData("", "malformed_json", 0)]
    [InlineData("[{\"features\":{\"a\":NaN}}]", "malformed_json", 18)]
    public async Task A_body_that_cannot_be_read_is_a_400_with_the_offset(string body, string code, int offset)
    {
        var model = await host.CreateModelAsync(Binary);
        using var response = await host.PostAsync(model, "predictions", body);
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal((code, offset), (problem.GetProperty("code").GetString(), problem.GetProperty("offset").GetInt32()));
    }

    [Fact]
    public async Task When_no_row_can_be_used_it_is_a_400_that_lists_them()
    {
        var model = await host.CreateModelAsync(Binary);
        using var response = await host.PostAsync(model, "predictions", """{"timestamp":"never"}""");
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(
            ("no_row_accepted", "timestamp_invalid"),
            (problem.GetProperty("code").GetString(), problem.GetProperty("rejected")[0].GetProperty("code").GetString())
        );
        Assert.Equal(1, (await host.StoredAsync(model)).Rejected);
    }

    [Theory]
    [InlineData("text/csv", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-16", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "gzip", HttpStatusCode.BadRequest)]
    public async Task Forms_that_are_not_taken_are_refused(string mediaType, string? encoding, HttpStatusCode status)
    {
        var model = await host.CreateModelAsync(Binary);
        using var content = new ByteArrayContent("[{}]"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        using var response = await host.Client.PostAsync($"/v1/models/{model}/predictions", content, TestContext.Current.CancellationToken);
        await response.ProblemAsync(status);
    }

    [Fact]
    public async Task An_unknown_model_is_a_404()
    {
        using var response = await host.PostAsync("nobody", "predictions", "{}");
        Assert.Equal("unknown_model", (await response.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Too_many_rows_and_too_many_bytes_are_a_413()
    {
        var model = await host.CreateModelAsync(Binary);
        using var rows = await host.PostAsync(model, "predictions", "[" + string.Join(',', Enumerable.Repeat("{}", 100_001)) + "]");
        await rows.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);

        // A small body that unpacks to more than the limit.
        var bomb = Gzip(Encoding.UTF8.GetBytes("[\"" + new string('x', host.Get<EventLimits>().BodyBytes) + "\"]"));
        Assert.InRange(bomb.Length, 1, 1_000_000);
        using var bytes = await host.PostAsync(model, "predictions", bomb, "application/json", "gzip");
        await bytes.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(0, (await host.StoredAsync(model)).Received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NDJSON_streams_in_chunks_with_bad_lines_by_index(bool packed)
    {
        var model = await host.CreateModelAsync(Binary);
        var lines = new StringBuilder();
        for (var i = 0; i < 12_000; i++)
        {
            lines.Append(
                i % 4_000 == 17
                    ? "{\"features\":{\"x\":NaN}}\n"
                    : $$$"""{"prediction_id":"l{{{i}}}","timestamp":"2026-03-02T10:00:00Z","features":{"x":{{{i}}}}}""" + "\n"
            );
        }

        var body = Encoding.UTF8.GetBytes(lines.ToString());
        using var response = await host.PostAsync(
            model,
            "predictions",
            packed ? Gzip(body) : body,
            "application/x-ndjson",
            packed ? "gzip" : null
        );
        var answer = JsonSerializer.Deserialize<JsonElement>(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal((11_997, 0, 3), answer.Counts());
        Assert.Equal([17, 4_017, 8_017], answer.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));
        Assert.Equal(11_997, (await host.StoredAsync(model)).Stored);
    }

    private async Task<HttpResponse> PostAsync(EventPosts posts, string model, string id)
    {
        var context = new DefaultHttpContext { RequestServices = host.Services };
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(
            Encoding.UTF8.GetBytes($$$"""{"prediction_id":"{{{id}}}","trace_id":"{{{new string('t', 100)}}}"}""")
        );
        await (await posts.TakeAsync(model, EventKind.Prediction, context.Request, TestContext.Current.CancellationToken)).ExecuteAsync(
            context
        );
        return context.Response;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
