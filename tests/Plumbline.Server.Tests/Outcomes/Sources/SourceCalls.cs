using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>What the tests of sources do again and again.</summary>
internal static class SourceCalls
{
    public static async Task<JsonElement> PutSourceAsync(this HttpClient client, string model, string name, object source)
    {
        using var response = await client.PutAsJsonAsync($"/v1/models/{model}/sources/{name}", source);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static Task<JsonElement> SourceAsync(this HttpClient client, string model, string name) =>
        client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/sources/{name}");

    /// <summary>Asks for a pull and waits for the end of one that began after that.</summary>
    public static async Task<JsonElement> PullAsync(this HttpClient client, string model, string name)
    {
        var asked = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
        return await client.WaitForSourceAsync(
            model,
            name,
            view =>
                view.GetProperty("caught_up_at") is { ValueKind: JsonValueKind.String } at
                && at.GetDateTimeOffset() >= asked
                && view.GetProperty("state").GetString() == "ok",
            pull: true
        );
    }

    /// <summary>Waits for the pull that the declaration of a new source begins by itself.</summary>
    public static Task<JsonElement> FirstPullAsync(this HttpClient client, string model, string name) =>
        client.WaitForSourceAsync(
            model,
            name,
            view => view.GetProperty("caught_up_at").ValueKind == JsonValueKind.String && view.GetProperty("state").GetString() == "ok"
        );

    /// <summary>Waits until the view is as wanted.</summary>
    public static async Task<JsonElement> WaitForSourceAsync(
        this HttpClient client,
        string model,
        string name,
        Func<JsonElement, bool> isWanted,
        bool pull = false
    )
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(60);
        while (true)
        {
            if (pull)
                (await client.PostAsync($"/v1/models/{model}/sources/{name}/pull", null)).Dispose();
            var view = await client.SourceAsync(model, name);
            if (isWanted(view))
                return view;
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"Still not as wanted: {view}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public static Task<JsonElement> WaitForErrorAsync(this HttpClient client, string model, string name, string code) =>
        client.WaitForSourceAsync(
            model,
            name,
            view => view.GetProperty("error") is { ValueKind: JsonValueKind.Object } error && error.GetProperty("code").GetString() == code,
            pull: true
        );

    /// <summary>Stored ground truth as "id value", in order; what is there twice is twice in it.</summary>
    public static async Task<List<string>> TruthsAsync(this TestHost host, string model)
    {
        await host.StoredAsync(model);
        return await host.QueryAsync(
            $"SELECT prediction_id, value FROM {ModelTables.GroundTruth(host.Model(model).Id)} ORDER BY prediction_id, timestamp, value",
            row => $"{row.ReadString()} {row.ReadString()}"
        );
    }

    /// <summary>Stored signals as "name id value", in order.</summary>
    public static async Task<List<string>> SignalsAsync(this TestHost host, string model)
    {
        await host.StoredAsync(model);
        return await host.QueryAsync(
            $"SELECT name, prediction_id, toString(value) FROM {ModelTables.Signals(host.Model(model).Id)} ORDER BY name, "
                + "prediction_id, timestamp, value",
            row => $"{row.ReadString()} {row.ReadString()} {row.ReadString()}"
        );
    }
}
