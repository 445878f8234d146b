using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>Half surrogate pairs and bytes that are not UTF-8: a row error or a 400, never a 500, and never stored.</summary>
public sealed class BrokenTextTests(TestHost host)
{
    private const string Half = "\\ud800";

    [Theory]
    [InlineData("predictions", "{\"HALF\":1}")]
    [InlineData("predictions", "{\"features\":{\"HALF\":1}}")]
    [InlineData("predictions", "{\"features\":{\"a\":\"HALF\"}}")]
    [InlineData("predictions", "{\"features\":{\"a\":{\"HALF\":[1]}}}")]
    [InlineData("predictions", "{\"probabilities\":{\"HALF\":1}}")]
    [InlineData("predictions", "{\"status\":\"HALF\"}")]
    [InlineData("predictions", "{\"role\":\"HALF\"}")]
    [InlineData("predictions", "{\"version\":\"HALF\"}")]
    [InlineData("predictions", "{\"error\":\"HALF\"}")]
    [InlineData("predictions", "{\"metadata\":{\"HALF\":\"x\"}}")]
    [InlineData("predictions", "{\"metadata\":{\"x\":[\"HALF\"]}}")]
    [InlineData("ground-truth", "{\"prediction_id\":\"a\",\"value\":\"HALF\"}")]
    [InlineData("ground-truth", "{\"prediction_id\":\"a\",\"HALF\":\"1\"}")]
    [InlineData("signals", "{\"name\":\"HALF\"}")]
    [InlineData("signals", "{\"name\":\"a\",\"HALF\":1}")]
    public async Task A_row_with_broken_text_is_refused_and_the_good_rows_beside_it_are_taken(string kind, string row)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        var good = kind switch
        {
            "predictions" => """{"prediction_id":"good"}""",
            "ground-truth" => """{"prediction_id":"good","value":"1"}""",
            _ => """{"name":"good"}""",
        };
        foreach (var half in new[] { Half, "\\udc00", "\\ud800\\ud800" })
        {
            var answer = await host.AcceptAsync(model, kind, $"[{row.Replace("HALF", half, StringComparison.Ordinal)},{good}]");
            Assert.Equal(1, answer.GetProperty("rejected_count").GetInt64());
        }

        // 0xFF is in no UTF-8 text.
        var bytes = Encoding.Latin1.GetBytes($"[{row.Replace("HALF", "\u00ff", StringComparison.Ordinal)},{good}]");
        using var response = await host.PostAsync(model, kind, bytes);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var counts = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(1, counts.GetProperty("rejected_count").GetInt64());
    }

    [Theory]
    [InlineData("PUT", "/v1/models/MODEL", "{\"task\":\"binary\",\"description\":\"HALF\"}")]
    [InlineData("PUT", "/v1/models/MODEL", "{\"task\":\"binary\",\"HALF\":1}")]
    [InlineData("PUT", "/v1/models/MODEL/versions/v1", "{\"commit\":\"HALF\"}")]
    [InlineData("PUT", "/v1/models/MODEL/versions/v1", "{\"HALF\":1}")]
    [InlineData("PUT", "/v1/models/MODEL/reference", "{\"from\":1767225600000,\"to\":1767312000000,\"version\":\"HALF\"}")]
    [InlineData("PUT", "/v1/models/MODEL/rules/r", "{\"kind\":\"HALF\"}")]
    [InlineData("PUT", "/v1/models/MODEL/rules/r", "{\"HALF\":1}")]
    [InlineData("POST", "/v1/incidents/1/comments", "{\"comment\":\"HALF\"}")]
    [InlineData("POST", "/v1/silences", "{\"comment\":\"HALF\"}")]
    public async Task A_declaration_with_broken_text_is_a_400_and_reading_goes_on(string method, string path, string body)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        foreach (var broken in new[] { Half, "\u00ff" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("MODEL", model, StringComparison.Ordinal));
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body.Replace("HALF", broken, StringComparison.Ordinal)));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
            Assert.Equal("text_invalid", problem.GetProperty("code").GetString());
        }
        foreach (var read in new[] { $"/v1/models/{model}", $"/v1/models/{model}/versions", "/v1/silences" })
        {
            using var response = await host.Client.GetAsync(read, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("{\"prediction\":{}} {")]
    [InlineData("5 5")]
    [InlineData("{\"status\":\"no\"} x")]
    [InlineData("{\"prediction_id\":\"a\"} {\"prediction_id\":\"b\"}")]
    [InlineData("{")]
    public async Task A_line_of_ndjson_counts_once_however_much_is_wrong_with_it(string line)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        var answer = await host.AcceptAsync(
            model,
            "predictions",
            $"{line}\n{{\"prediction_id\":\"good\"}}\n{line}\n",
            "application/x-ndjson"
        );
        Assert.Equal((1, 0, 2), answer.Counts());
        Assert.Equal([0, 2], answer.GetProperty("rejected").EnumerateArray().Select(row => row.GetProperty("index").GetInt32()));
        Assert.Equal(3, (await host.StoredAsync(model)).Received);
    }
}
