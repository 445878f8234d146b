using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Models;

public sealed class ModelEndpointTests(TestHost host)
{
    [Fact]
    public async Task Put_then_get_returns_what_was_declared_with_defaults()
    {
        var name = host.NewModelName();
        using var created = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}",
            new
            {
                task = "binary",
                positive_class = "1",
                classes = new[] { "0", "1" },
                features = new { amount = new { type = "numeric", unit = "EUR" }, country = new { type = "categorical" } },
                segments = new[] { "country" },
                label_delay = "7d",
                cost = new
                {
                    false_positive = 1.0,
                    false_negative = 25.0,
                    currency = "EUR",
                },
            }
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var model = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}");

        Assert.Equal("binary", model.GetProperty("task").GetString());
        Assert.Equal("1h", model.GetProperty("window").GetString());
        Assert.Equal("10m", model.GetProperty("allowed_lateness").GetString());
        Assert.Equal("7d", model.GetProperty("label_delay").GetString());
        Assert.Equal("numeric", model.GetProperty("features").GetProperty("amount").GetProperty("type").GetString());
        Assert.Equal(25.0, model.GetProperty("cost").GetProperty("false_negative").GetDouble());
    }

    [Fact]
    public async Task A_second_put_keeps_features_and_answers_200()
    {
        var name = await host.CreateModelAsync(new { task = "regression", features = new { a = new { type = "numeric" } } });
        using var again = await host.Client.PutAsJsonAsync($"/v1/models/{name}", new { task = "regression" });
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        var model = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}");
        Assert.False(model.GetProperty("features").GetProperty("a").GetProperty("declared").GetBoolean());
    }

    [Theory]
    [InlineData("{}", "task")]
    [InlineData("""{"task":"ranking"}""", "task")]
    [InlineData("""{"task":"binary","classes":["a"]}""", "classes")]
    [InlineData("""{"task":"binary","classes":["a","b"],"positive_class":"c"}""", "positive_class")]
    [InlineData("""{"task":"regression","classes":["a","b"]}""", "classes")]
    [InlineData("""{"task":"binary","window":"7m"}""", "window")]
    [InlineData("""{"task":"binary","features":{"@x":{"type":"numeric"}}}""", "features.@x")]
    [InlineData("""{"task":"binary","features":{"x":{"type":"1"}}}""", "features.x.type")]
    [InlineData("""{"task":"binary","features":{"x":{"type":"numeric"}},"segments":["x"]}""", "segments")]
    public async Task What_is_wrong_is_named_by_field(string body, string field)
    {
        using var response = await PutAsync(host.NewModelName(), body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(problem.GetProperty("errors").EnumerateArray(), error => error.GetProperty("field").GetString() == field);
    }

    [Theory]
    [InlineData("{\"task\":", "json_invalid")]
    [InlineData("{\"task\":\"binary\",\"windows\":\"1h\"}", "json_invalid")]
    [InlineData("{\"task\":\"binary\",\"window\":\"soon\"}", "json_invalid")]
    [InlineData("null", "body_missing")]
    public async Task Unreadable_bodies_say_where(string body, string code)
    {
        using var response = await PutAsync(host.NewModelName(), body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("%3Cscript%3E")]
    [InlineData("'; DROP TABLE model; --")]
    public async Task Names_with_other_characters_are_refused(string name)
    {
        using var response = await PutAsync(Uri.EscapeDataString(Uri.UnescapeDataString(name)), """{"task":"binary"}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("model_name_invalid", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_stored_feature_keeps_its_type_until_it_is_declared_with_another()
    {
        var name = await host.CreateModelAsync(new { task = "binary", features = new { a = new { type = "numeric" } } });
        using var unsaid = await PutAsync(name, """{"task":"binary"}""");
        Assert.Equal(
            "numeric",
            (await unsaid.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("features").GetProperty("a").GetProperty("type").GetString()
        );
        using var response = await PutAsync(name, """{"task":"binary","features":{"a":{"type":"text"}}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            "text",
            (await response.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("features")
                .GetProperty("a")
                .GetProperty("type")
                .GetString()
        );
    }

    [Fact]
    public async Task Delete_forgets_the_model_and_its_name_is_free()
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        using var deleted = await host.Client.DeleteAsync($"/v1/models/{name}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await host.Client.GetAsync($"/v1/models/{name}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var again = await PutAsync(name, """{"task":"regression"}""");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Versions_are_declared_and_listed()
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        using var put = await host.Client.PutAsJsonAsync(
            $"/v1/models/{name}/versions/v1",
            new { code = "git:1a2b", description = "first" }
        );
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        var versions = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}/versions");
        var only = Assert.Single(versions.GetProperty("versions").EnumerateArray());
        Assert.Equal("git:1a2b", only.GetProperty("declaration").GetProperty("code").GetString());
    }

    private async Task<HttpResponseMessage> PutAsync(string name, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await host.Client.PutAsync($"/v1/models/{name}", content);
    }
}
