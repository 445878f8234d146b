using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Access;

/// <summary>Accounts and keys over HTTP, on a server of its own.</summary>
public sealed class AccountServerTests : IAsyncLifetime
{
    private const string Password = "a long enough one";
    private readonly SecuredServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_account_is_made_signs_in_is_recorded_by_name_and_its_session_ends_when_it_is_disabled()
    {
        using var made = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "anna",
                role = "admin",
                password = Password,
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var account = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("owner", account.GetProperty("created_by").GetString());
        Assert.DoesNotContain("assword", account.GetRawText(), StringComparison.Ordinal);
        using var same = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "ANNA",
                role = "read",
                password = Password,
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, same.StatusCode);

        Assert.Null(await SignInAsync("anna", "not the password"));
        Assert.Null(await SignInAsync("nobody", Password));
        var cookie = await SignInAsync("Anna", Password);
        Assert.Equal(HttpStatusCode.OK, await PageAsync("/", cookie));
        // The API takes keys alone.
        Assert.Equal(HttpStatusCode.Unauthorized, await PageAsync("/v1/models", cookie));
        using (var listed = await SendAsync("GET", "/v1/accounts"))
        {
            var one = Assert.Single((await listed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accounts").EnumerateArray());
            Assert.NotEqual(JsonValueKind.Null, one.GetProperty("last_sign_in_at").ValueKind);
        }

        Assert.Equal(0, await _server.StopAsync());
        await _server.StartAsync("read-key");
        Assert.Equal(HttpStatusCode.OK, await PageAsync("/", cookie));
        using var disabled = await SendAsync("PATCH", "/v1/accounts/anna", new { enabled = false });
        Assert.Equal(HttpStatusCode.OK, disabled.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await PageAsync("/", cookie));
        Assert.Null(await SignInAsync("anna", Password));
        using var removed = await SendAsync("DELETE", "/v1/accounts/anna");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await SendAsync("PATCH", "/v1/accounts/anna", new { enabled = true });
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_with_an_account_is_said_by_field_and_a_body_is_not_repeated()
    {
        using var wrong = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "anna",
                role = "king",
                password = "short",
            }
        );
        var problem = await wrong.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.BadRequest, "account_invalid"), (wrong.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal(
            ["role", "password"],
            problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!)
        );
        using var secret = await SendAsync("POST", "/v1/accounts", new { name = "anna", pasword = "a secret text" });
        Assert.Equal(HttpStatusCode.BadRequest, secret.StatusCode);
        Assert.DoesNotContain("a secret text", await secret.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_annotator_sees_the_review_page_and_is_led_there_from_everywhere_else()
    {
        using var made = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "ben",
                role = "annotate",
                models = new[] { "churn" },
                password = Password,
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var cookie = await SignInAsync("ben", Password);
        Assert.Equal(HttpStatusCode.OK, await PageAsync("/review", cookie));
        Assert.Equal(HttpStatusCode.OK, await PageAsync("/account", cookie));
        foreach (var address in (string[])["/", "/incidents", "/models/churn", "/settings/people", "/self", "/no/such/page"])
        {
            using var response = await GetPageAsync(address, cookie);
            Assert.Equal((address, HttpStatusCode.Redirect), (address, response.StatusCode));
            Assert.Equal((address, "/review"), (address, response.Headers.Location?.ToString()));
        }

        // A reader may see everything else and is told so here; their key opens the pages as before.
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", "read-key")]);
        using var reader = await _server.Client.PostAsync("/sign-in", form);
        var readers = reader.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await PageAsync("/", readers));
        using var refused = await GetPageAsync("/review", readers);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("signed in as reader", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The connection of pages is for both, and for nobody else.
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(cookie));
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(readers));
        Assert.Equal(HttpStatusCode.Unauthorized, await NegotiateAsync("plumbline=nonsense"));
    }

    [Fact]
    public async Task A_key_is_made_works_and_is_revoked_while_the_server_runs()
    {
        using var made = await SendAsync("POST", "/v1/keys", new { name = "ci", role = "operate" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        using (var declared = await SendAsync("PUT", "/v1/models/of-ci", new { task = "binary" }, key))
            Assert.Equal(HttpStatusCode.Created, declared.StatusCode);
        using (var listed = await SendAsync("GET", "/v1/keys"))
        {
            var text = await listed.Content.ReadAsStringAsync();
            Assert.DoesNotContain(key, text, StringComparison.Ordinal);
            Assert.DoesNotContain("sha", text, StringComparison.OrdinalIgnoreCase);
            var sources = JsonDocument
                .Parse(text)
                .RootElement.GetProperty("keys")
                .EnumerateArray()
                .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("source").GetString());
            Assert.Equal(("made", "configuration"), (sources["ci"], sources["owner"]));
        }

        using var configured = await SendAsync("DELETE", "/v1/keys/owner");
        Assert.Equal(HttpStatusCode.Conflict, configured.StatusCode);
        using var revoked = await SendAsync("DELETE", "/v1/keys/ci");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var after = await SendAsync("GET", "/v1/models", body: null, key);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Guessing_a_password_is_slowed_down()
    {
        using var made = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "anna",
                role = "read",
                password = Password,
            }
        );
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await PostAsync("anna", $"guess {i}");
            answers.Add(answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.NotNull(answer.Headers.RetryAfter!.Delta);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.InRange(answers.Count(answer => answer == HttpStatusCode.Unauthorized), 5, 7);
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_and_a_page_of_another_site_cannot()
    {
        using var made = await SendAsync(
            "POST",
            "/v1/accounts",
            new
            {
                name = "ben",
                role = "annotate",
                password = Password,
            }
        );
        var cookie = await SignInAsync("ben", Password);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        foreign.Headers.Add("Cookie", cookie);
        foreign.Headers.Add("Origin", "https://evil.example");
        using var refused = await _server.Client.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var own = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        own.Headers.Add("Cookie", cookie);
        using var done = await _server.Client.SendAsync(own);
        Assert.Equal("/sign-in", done.Headers.Location!.ToString());
        Assert.StartsWith("plumbline=;", done.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    private async Task<string?> SignInAsync(string name, string password)
    {
        using var response = await PostAsync(name, password);
        if (response.StatusCode == HttpStatusCode.Redirect)
            return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        return null;
    }

    private async Task<HttpResponseMessage> PostAsync(string name, string password)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", name), KeyValuePair.Create("password", password)]);
        return await _server.Client.PostAsync("/sign-in", form);
    }

    private async Task<HttpStatusCode> NegotiateAsync(string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Cookie", cookie);
        using var response = await _server.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PageAsync(string address, string? cookie)
    {
        using var response = await GetPageAsync(address, cookie);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> GetPageAsync(string address, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Accept", "text/html");
        return await _server.Client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, object? body = null, string key = "admin-key")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
            Content = body is null ? null : JsonContent.Create(body),
        };
        return await _server.Client.SendAsync(request);
    }
}
