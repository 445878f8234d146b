using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plumbline.Events;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>The first predictions of a model that nobody declared create it, as far as they tell what it is.</summary>
public sealed class FirstPredictionTests(TestHost host)
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";

    public static TheoryData<string, string, string> Answers =>
        new()
        {
            { """{"prediction":"stays","score":0.83}""", Json, "binary" },
            { """{"prediction":true}""", Json, "binary" },
            { """[{"prediction":1},{"prediction":0},{"prediction":1.0}]""", Json, "binary" },
            { """{"prediction":"a","probabilities":{"a":0.7,"b":0.3}}""", Json, "binary" },
            { """{"prediction":"a","probabilities":{"a":0.7,"b":0.2,"c":0.1}}""", Json, "multiclass" },
            { """{"prediction":"billing"}""", Json, "multiclass" },
            // Two classes in two rows are no sign that there is not a third.
            { """[{"prediction":"cat"},{"prediction":"dog"}]""", Json, "multiclass" },
            {
                "[" + string.Join(',', Enumerable.Range(0, 10).Select(row => $$"""{"prediction":"{{"yn"[row % 2]}}"}""")) + "]",
                Json,
                "binary"
            },
            { """{"prediction":12.75}""", Json, "regression" },
            { """[{"prediction":12},{"features":{"prediction":"x"},"prediction":null},{"prediction":13.5}]""", Json, "regression" },
            { "\uFEFF{\"prediction\":12.75}", Json, "regression" },
            { "{\"prediction\":12.75}\n{\"prediction\":13}\n", Ndjson, "regression" },
            { "{\"prediction\":12.75}\n{\"prediction\":13}\n", Form, "regression" },
            { """{"prediction":"1","score":0.5}""", Form, "binary" },
            // What cannot be used is told, and the rest creates the model.
            { """[{"prediction":"x"},{"prediction":"y","timestamp":"yesterday"}]""", Json, "multiclass" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task The_answers_tell_the_task(string body, string type, string task)
    {
        var model = host.NewModelName("first");
        var answer = await host.AcceptAsync(model, "predictions", body, type);
        var created = answer.GetProperty("created");
        Assert.Equal((model, task), (created.GetProperty("model").GetString(), created.GetProperty("task").GetString()));
        Assert.NotEqual("", created.GetProperty("because").GetString());
        Assert.Contains($"PUT /v1/models/{model}", created.GetProperty("to_change").GetString(), StringComparison.Ordinal);
        Assert.Contains("window (1h)", created.GetProperty("to_change").GetString(), StringComparison.Ordinal);
        var described = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        Assert.Equal(task, described.GetProperty("task").GetString());
        // Sent again it is a model like any other.
        Assert.False((await host.AcceptAsync(model, "predictions", body, type)).TryGetProperty("created", out _));
        Assert.Equal(2 * answer.GetProperty("accepted").GetInt64(), (await host.StoredAsync(model)).Stored);
    }

    [Theory]
    [InlineData("""{"prediction":7}""")]
    [InlineData("""{"features":{"a":1}}""")]
    [InlineData("""[{"prediction":3},{"prediction":4},{"prediction":null}]""")]
    public async Task Answers_that_do_not_tell_the_task_create_nothing(string body)
    {
        var model = host.NewModelName("first");
        using var response = await host.PostAsync(model, "predictions", body);
        var problem = await response.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("unknown_model", problem.GetProperty("code").GetString());
        Assert.Contains("do not tell whether it is binary", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("PUT /v1/models/", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(host.Get<ModelCatalog>().Find(model));
    }

    [Theory]
    [InlineData("""[{"prediction":"a"},""", "malformed_json")]
    [InlineData("""{"prediction":"a"} x""", "malformed_json")]
    [InlineData("", "malformed_json")]
    [InlineData("""[{"prediction":"a","timestamp":"yesterday"}]""", "no_row_accepted")]
    public async Task A_body_of_which_nothing_can_be_used_creates_nothing(string body, string code)
    {
        foreach (var type in new[] { Json, Form })
        {
            var model = host.NewModelName("first");
            using var response = await host.PostAsync(model, "predictions", body, type);
            Assert.Equal(code, (await response.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("code").GetString());
            Assert.Null(host.Get<ModelCatalog>().Find(model));
        }
    }

    [Theory]
    [InlineData("ground-truth", """{"prediction_id":"p","value":"1"}""")]
    [InlineData("signals", """{"name":"click"}""")]
    public async Task Other_events_wait_for_predictions(string kind, string body)
    {
        var model = host.NewModelName("first");
        using var response = await host.PostAsync(model, kind, body);
        var problem = await response.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Contains("Send its predictions first", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(host.Get<ModelCatalog>().Find(model));
    }

    [Fact]
    public async Task The_name_must_be_one_that_can_be_declared()
    {
        using var response = await host.PostAsync("caf%C3%A9", "predictions", """{"prediction":"a"}""");
        Assert.Equal("model_name_invalid", (await response.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Many_first_predictions_at_once_create_one_model()
    {
        var model = host.NewModelName("first");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(row => host.AcceptAsync(model, "predictions", $$"""{"prediction_id":"p{{row}}","prediction":"1","score":0.5}"""))
        );
        Assert.Single(answers, answer => answer.TryGetProperty("created", out _));
        Assert.Single(host.Get<ModelCatalog>().All, known => known.Name == model);
        Assert.Equal(24, (await host.StoredAsync(model)).Stored);
    }

    [Fact]
    public async Task A_declaration_that_is_there_stays_as_it_is()
    {
        var model = await host.CreateModelAsync(
            new
            {
                task = "binary",
                segments = new[] { "country" },
                window = "15m",
            },
            "first"
        );
        await host.AcceptAsync(model, "predictions", """{"prediction":12.5}""");
        var (definition, before, _) = await host.Get<ModelCatalog>()
            .PutAsync(model, new ModelSpecification { Task = "regression" }, TestContext.Current.CancellationToken, onlyIfNew: true);
        Assert.Same(before, definition);
        Assert.Equal((ModelTask.Binary, "country"), (definition!.Task, Assert.Single(definition.Segments)));
    }

    [Fact]
    public async Task Rows_that_were_read_for_another_task_than_was_declared_meanwhile_are_not_taken()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var model = host.NewModelName("first");
        var body = """{"prediction":"cat"}"""u8.ToArray();
        var caller = new DefaultHttpContext
        {
            User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ApiKeyAuthentication.RoleClaim, "operate")], "key")),
            RequestServices = host.Services,
        };
        var (target, _) = host.Get<FirstPredictions>().TargetOf(model, EventKind.Prediction, caller);
        await target!.PrepareAsync(PipeReader.Create(new ReadOnlySequence<byte>(body)), cancellation);
        using var decoder = new EventDecoder(EventKind.Prediction, new EventLimits());
        decoder.Begin(new DecodeContext(TimeProvider.System.GetUtcNow(), null, NumericPrediction: false));
        decoder.DecodeBody(body);
        using var put = await host.Client.PutAsJsonAsync($"/v1/models/{model}", new { task = "regression" }, cancellation);
        var problem = Assert.IsAssignableFrom<IStatusCodeHttpResult>(await target.EnsureAsync(decoder.Batch, cancellation));
        Assert.Equal((StatusCodes.Status409Conflict, false), (problem.StatusCode, target.IsThere));
        Assert.Equal(ModelTask.Regression, host.Model(model).Task);
    }

    // More than what is looked at before the first row is decoded, in pieces and packed.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_stream_creates_it_and_arrives_whole(bool isPacked)
    {
        var model = host.NewModelName("first");
        using var content = new PushContent(async stream =>
        {
            await using var packed = new GZipStream(isPacked ? stream : Stream.Null, CompressionLevel.Fastest, leaveOpen: true);
            var output = isPacked ? packed : stream;
            for (var row = 0; row < 4_000; row++)
            {
                await output.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        $$$"""{"prediction":{{{row}}}.5,"features":{"text":"{{{new string((char)('a' + (row % 26)), 60)}}}"}}""" + "\n"
                    )
                );
                if (row % 500 == 0)
                    await output.FlushAsync();
            }
        });
        content.Headers.ContentType = new(Ndjson);
        if (isPacked)
            content.Headers.ContentEncoding.Add("gzip");
        using var response = await host.Client.PostAsync($"/v1/models/{model}/predictions", content);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Accepted, 4_000), (response.StatusCode, answer.GetProperty("accepted").GetInt32()));
        Assert.Equal("regression", answer.GetProperty("created").GetProperty("task").GetString());
        Assert.Equal(4_000, (await host.StoredAsync(model)).Stored);
    }

    [Fact]
    public async Task A_large_array_creates_it_and_arrives_whole()
    {
        var model = host.NewModelName("first");
        var rows = Enumerable.Range(0, 20_000).Select(row => new { prediction = row + 0.5, features = new { amount = row } });
        using var response = await host.Client.PostAsJsonAsync($"/v1/models/{model}/predictions", rows);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Accepted, 20_000), (response.StatusCode, answer.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task Objects_on_lines_without_a_type_are_lines()
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "first");
        const string lines = "{\"prediction\":\"1\"}\n\n{\"prediction\":\"0\"}\r\n{\"prediction\":\n{\"prediction\":\"1\"}";
        var answer = await host.AcceptAsync(model, "predictions", lines, Form);
        Assert.Equal((3, 1), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected_count").GetInt32()));
        Assert.Equal(2, answer.GetProperty("rejected")[0].GetProperty("index").GetInt32());
        // Who says that it is one document is taken at their word.
        using var response = await host.PostAsync(model, "predictions", lines);
        Assert.Equal("malformed_json", (await response.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("code").GetString());
    }

    private sealed class PushContent(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
