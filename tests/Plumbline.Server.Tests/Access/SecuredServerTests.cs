using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Plumbline.Server.Tests.Access;

public sealed class SecuredServerTests(SecuredServer server) : IClassFixture<SecuredServer>
{
    [Theory]
    [InlineData("GET", "/v1/models", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v1/models", "wrong-key", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v1/models", "read-key", HttpStatusCode.OK)]
    [InlineData("GET", "/v1/metrics-catalogue", "read-key", HttpStatusCode.OK)]
    [InlineData("PUT", "/v1/models/a", "read-key", HttpStatusCode.Forbidden)]
    [InlineData("PUT", "/v1/models/a", "admin-key", HttpStatusCode.Created)]
    [InlineData("PUT", "/v1/models/mine", "bound-key", HttpStatusCode.Created)]
    [InlineData("PUT", "/v1/models/other", "bound-key", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/models", "bound-key", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/v1/models/mine", "bound-key", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/healthz", null, HttpStatusCode.OK)]
    public async Task Each_call_needs_its_role(string method, string path, string? key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "PUT")
            request.Content = new StringContent("""{"task":"binary"}""", Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_browser_without_a_cookie_is_sent_to_sign_in_and_back()
    {
        using var page = await server.Client.GetAsync("/?range=7d");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.StartsWith(
            "/sign-in",
            page.Headers.Location!.IsAbsoluteUri ? page.Headers.Location.PathAndQuery : page.Headers.Location.ToString(),
            StringComparison.Ordinal
        );

        using var wrong = await PostKeyAsync("/sign-in", "nonsense");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await PostKeyAsync("/sign-in?returnUrl=%2F%3Frange%3D7d", "read-key");
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Equal("/?range=7d", right.Headers.Location!.ToString());
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https%3A%2F%2Fevil.example")]
    [InlineData("%2F%2Fevil.example")]
    [InlineData("%2F%5Cevil.example")]
    public async Task Sign_in_never_leads_to_another_server(string returnUrl)
    {
        using var response = await PostKeyAsync($"/sign-in?returnUrl={returnUrl}", "read-key");
        Assert.Equal("/", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_key_bound_to_models_does_not_open_the_pages()
    {
        using var response = await PostKeyAsync("/sign-in", "bound-key");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task<HttpResponseMessage> PostKeyAsync(string path, string key)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", key)]);
        return await server.Client.PostAsync(path, form);
    }
}
