using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Access;

/// <summary>Who creates a model by sending its first prediction, and that no page of another site does.</summary>
public sealed class FirstPredictionAccessTests(SecuredServer server) : IClassFixture<SecuredServer>
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Row = """{"prediction":"1","score":0.8}""";

    [Fact]
    public async Task A_key_that_may_only_send_events_creates_nothing_and_is_told_what_to_do()
    {
        using var response = await SendAsync("by-ingest", "few-key");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("unknown_model", problem.GetProperty("code").GetString());
        Assert.Contains("operate", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("PUT /v1/models/{model}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(await IsThereAsync("by-ingest"));
    }

    [Theory]
    [InlineData("by-admin", "admin-key", HttpStatusCode.Accepted)]
    [InlineData("mine", "bound-key", HttpStatusCode.Accepted)]
    [InlineData("others", "bound-key", HttpStatusCode.Forbidden)]
    [InlineData("by-reader", "read-key", HttpStatusCode.Forbidden)]
    [InlineData("by-nobody", null, HttpStatusCode.Unauthorized)]
    public async Task A_key_that_may_declare_it_creates_it(string model, string? key, HttpStatusCode expected)
    {
        using var response = await SendAsync(model, key);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Accepted, await IsThereAsync(model));
        if (expected == HttpStatusCode.Accepted)
        {
            // From then on whoever may send events does.
            using var next = await SendAsync(model, "few-key");
            Assert.Equal(HttpStatusCode.Accepted, next.StatusCode);
        }
    }

    /// <summary>A form of another site is sent with whatever cookie the browser lets go; the API knows no cookies.</summary>
    [Fact]
    public async Task A_form_in_a_browser_creates_nothing_even_with_the_owners_cookie()
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", "admin-key")]);
        using var signedIn = await server.Client.PostAsync("/sign-in", form);
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")).Split(';')[0];
        var own = server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        ((string, string)[] Headers, HttpStatusCode Expected)[] senders =
        [
            ([("Origin", "http://evil.example")], HttpStatusCode.Forbidden),
            ([("Origin", "null")], HttpStatusCode.Forbidden),
            ([("Sec-Fetch-Site", "cross-site")], HttpStatusCode.Forbidden),
            ([("Origin", own)], HttpStatusCode.UnsupportedMediaType),
            ([("Sec-Fetch-Site", "same-origin")], HttpStatusCode.UnsupportedMediaType),
            // An old browser that says nothing of itself: then the cookie opens nothing.
            ([], HttpStatusCode.Unauthorized),
        ];
        foreach (var (headers, expected) in senders)
        {
            foreach (var body in new[] { Row, Row + "\n" + Row })
            {
                using var response = await SendAsync("by-form", null, body, [("Cookie", cookie), .. headers]);
                Assert.Equal((string.Join(' ', headers), expected), (string.Join(' ', headers), response.StatusCode));
            }
        }

        Assert.False(await IsThereAsync("by-form"));
    }

    private async Task<bool> IsThereAsync(string model)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/models/{model}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "admin-key");
        using var response = await server.Client.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task<HttpResponseMessage> SendAsync(
        string model,
        string? key,
        string body = Row,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/models/{model}/predictions")
        {
            Content = new StringContent(body, Encoding.UTF8, Form),
        };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request);
    }
}
