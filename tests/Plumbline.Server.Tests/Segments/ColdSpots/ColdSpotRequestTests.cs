using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Server.Tests.Segments.ColdSpots;

/// <summary>Searches for cold spots that find nothing to search, are refused, or are stopped.</summary>
public sealed class ColdSpotRequestTests(TestHost host)
{
    private readonly ColdSpotWorld _world = new(host);

    [Fact]
    public async Task What_cannot_be_searched_is_said()
    {
        var model = await host.CreateModelAsync(new { task = "binary", features = new { country = new { type = "categorical" } } });
        Assert.Equal(
            JsonValueKind.Null,
            (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/cold-spots")).GetProperty("state").ValueKind
        );
        Assert.Contains(
            "no reference",
            (await _world.SearchAsync(model, new { })).GetProperty("result").GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
        await _world.PutReferenceAsync(
            model,
            [.. ColdSpotWorld.Rows(200, 3, 0.2).Select(row => new { country = row.Country, answer = "1" })]
        );
        Assert.Contains(
            "no answered predictions",
            (await _world.SearchAsync(model, new { })).GetProperty("result").GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
        await host.PostAsync(
            model,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 50)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p{i}",
                                timestamp = _world.Now.AddHours(-30),
                                features = new { country = "FR" },
                                prediction = "1",
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(model);
        Assert.Contains(
            "no",
            (await _world.SearchAsync(model, new { loss = "error" })).GetProperty("result").GetProperty("reason").GetString()!,
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Contains(
            "confidence",
            (await _world.SearchAsync(model, new { loss = "uncertainty" })).GetProperty("result").GetProperty("reason").GetString()!,
            StringComparison.Ordinal
        );
        // Deleting the model deletes what was found.
        var id = host.Get<ModelCatalog>().Find(model)!.Id;
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await host.Client.DeleteAsync(new Uri($"/v1/models/{model}", UriKind.Relative))).StatusCode
        );
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        Assert.False(await db.ColdSpotRuns.AnyAsync(row => row.ModelId == id));
    }

    [Theory]
    [InlineData("""{"days": 91}""", "days: 1 to 90")]
    [InlineData("""{"los": "error"}""", "los")]
    [InlineData("""{"loss": "nonsense"}""", "loss")]
    [InlineData("""{"loss": "signal"}""", "signal: the name")]
    [InlineData("""{"signal": "click"}""", "no signal 'click'")]
    [InlineData("""not json""", "optional")]
    public async Task A_request_that_cannot_be_used_is_refused_with_the_reason(string body, string says)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync(new Uri($"/v1/models/{model}/cold-spots", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("cold_spots_invalid", problem.GetProperty("code").GetString());
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_models_and_searches_that_do_not_run_are_404()
    {
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await host.Client.GetAsync(new Uri("/v1/models/nobody/cold-spots", UriKind.Relative))).StatusCode
        );
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var response = await host.Client.DeleteAsync(new Uri($"/v1/models/{model}/cold-spots", UriKind.Relative));
        Assert.Equal("no_search", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_search_can_be_stopped_and_a_model_has_one_at_a_time()
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;
        var jobs = host.Get<ColdSpotJobs>();
        var first = jobs.Start(model, new ColdSpotRequest())!;
        Assert.True(first.IsOpen);
        Assert.Equal(first.AskedAt, jobs.Start(model, new ColdSpotRequest(Days: 1))!.AskedAt);
        Assert.True(jobs.Cancel(model));
        await jobs.WaitAsync(model, TimeSpan.FromSeconds(30), default);
        Assert.Equal(JobState.Cancelled, jobs.Find(model)!.State);
        Assert.False(jobs.Cancel(model));
        Assert.Null((await host.Get<ColdSpotReader>().ReadAsync(model, default)).Result);
    }
}
