using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>What the tests of ingestion do again and again.</summary>
internal static class IngestionCalls
{
    public static ModelDefinition Model(this TestHost host, string name) => host.Get<ModelCatalog>().Find(name)!;

    public static Task<HttpResponseMessage> PostAsync(
        this TestHost host,
        string model,
        string kind,
        string json,
        string mediaType = "application/json"
    ) => host.PostAsync(model, kind, Encoding.UTF8.GetBytes(json), mediaType);

    public static async Task<HttpResponseMessage> PostAsync(
        this TestHost host,
        string model,
        string kind,
        byte[] body,
        string mediaType = "application/json",
        string? encoding = null
    )
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await host.Client.PostAsync($"/v1/models/{model}/{kind}", content);
    }

    /// <summary>Posts and expects a 202; gives its body.</summary>
    public static async Task<JsonElement> AcceptAsync(
        this TestHost host,
        string model,
        string kind,
        string json,
        string mediaType = "application/json"
    )
    {
        using var response = await host.PostAsync(model, kind, json, mediaType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == System.Net.HttpStatusCode.Accepted, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, System.Net.HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static (long Accepted, long Duplicates, long Rejected) Counts(this JsonElement answer) =>
        (
            answer.GetProperty("accepted").GetInt64(),
            answer.GetProperty("duplicates").GetInt64(),
            answer.GetProperty("rejected_count").GetInt64()
        );

    /// <summary>Waits until the spool has nothing of the model, and checks on the way that the counters add up.</summary>
    public static async Task<SpoolCounters> StoredAsync(this TestHost host, string model)
    {
        var id = host.Model(model).Id;
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (true)
        {
            var counters = host.Get<IngestionProgress>().Of(id);
            Assert.Equal(counters.Received, counters.Stored + counters.Duplicate + counters.Rejected + counters.InSpool);
            if (counters.InSpool == 0)
                return counters;
            Assert.True(
                TimeProvider.System.GetUtcNow() < deadline,
                $"Still in the spool: {counters}; {string.Join("; ", host.Get<IngestionProgress>().FailingBlocks)}"
            );
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public static async Task<List<T>> QueryAsync<T>(this TestHost host, string sql, Func<QueryRows, T> read)
    {
        using var rows = await host.Get<IColumnStore>().QueryAsync(new SqlStatement(sql), TestContext.Current.CancellationToken);
        var list = new List<T>();
        while (rows.Read())
            list.Add(read(rows));
        return list;
    }
}
