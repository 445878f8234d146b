using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Plumbline.Server.Tests.Access;

/// <summary>What a key opens, how fast, and for how long; on a server of its own, which is stopped, started and locked out of.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private readonly SecuredServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_cookie_ends_with_its_key_and_a_stop_ends_with_0()
    {
        var cookie = await SignInAsync("read-key");
        Assert.Equal(HttpStatusCode.OK, await PageAsync(cookie));
        Assert.Equal(0, await _server.StopAsync());
        await _server.StartAsync("read-key");
        Assert.Equal(HttpStatusCode.OK, await PageAsync(cookie));
        Assert.Equal(0, await _server.StopAsync());
        await _server.StartAsync("another-key");
        Assert.Equal(HttpStatusCode.Redirect, await PageAsync(cookie));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_a_right_key_waits_as_well()
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            using var wrong = await PostKeyAsync($"guess {i}");
            answers.Add(wrong.StatusCode);
            if (wrong.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.NotNull(wrong.Headers.RetryAfter!.Delta);
        }

        Assert.InRange(answers.Count(answer => answer == HttpStatusCode.Unauthorized), 5, 8);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models")
        {
            Headers = { Authorization = new("Bearer", "read-key") },
        };
        using var right = await _server.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.TooManyRequests, "locked_out"), (right.StatusCode, await CodeAsync(right)));
        await Task.Delay(right.Headers.RetryAfter!.Delta!.Value + TimeSpan.FromSeconds(1), TimeProvider.System);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("read-key")).StatusCode);
    }

    [Fact]
    public async Task A_key_has_its_own_number_of_requests_and_rows_a_second()
    {
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
            answers.Add(await GetAsync("slow-key"));
        var limited = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(limited.Count, 5, 15);
        Assert.Equal("too_many_requests", await CodeAsync(limited[0]));
        Assert.NotNull(limited[0].Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("read-key")).StatusCode);

        using var put = await SendAsync("admin-key", HttpMethod.Put, "/v1/models/rows", """{"task":"binary"}""");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var rows = $"[{string.Join(',', Enumerable.Repeat("""{"prediction":"1"}""", 500))}]";
        using var first = await SendAsync("few-key", HttpMethod.Post, "/v1/models/rows/predictions", rows);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using var second = await SendAsync("few-key", HttpMethod.Post, "/v1/models/rows/predictions", rows);
        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_rows"), (second.StatusCode, await CodeAsync(second)));
        // 500 rows at 100 a second, less the second that was saved up.
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 2, 4);
        using var other = await SendAsync("admin-key", HttpMethod.Post, "/v1/models/rows/predictions", rows);
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(second.Headers.RetryAfter.Delta.Value, TimeProvider.System);
        using var stream = await SendAsync("few-key", HttpMethod.Post, "/v1/models/rows/predictions", rows);
        Assert.Equal(HttpStatusCode.Accepted, stream.StatusCode);
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Nobody_else_can_read_the_data()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folder = new DirectoryInfo(_server.Data);
        var entries = folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(folder).ToList();
        Assert.True(entries.Count > 10);
        Assert.Empty(
            entries
                .Where(entry => entry.UnixFileMode != (entry.UnixFileMode & owner))
                .Select(entry => $"{entry.FullName} {entry.UnixFileMode}")
        );
    }

    [Fact]
    public async Task A_folder_that_others_could_read_is_closed_at_the_next_start()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other permissions.");
            return;
        }

        Assert.Equal(0, await _server.StopAsync());
        new DirectoryInfo(_server.Data).UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        new FileInfo(Path.Combine(_server.Data, "state.db")).UnixFileMode |= UnixFileMode.OtherRead;
        await _server.StartAsync("read-key");
        Nobody_else_can_read_the_data();
    }

    [Theory]
    [InlineData("plumbline.test", HttpStatusCode.OK)]
    [InlineData("plumbline.test:443", HttpStatusCode.OK)]
    [InlineData("192.0.2.7:8080", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task With_keys_the_declared_names_and_every_number_are_answered(string name, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models")
        {
            Headers = { Host = name, Authorization = new("Bearer", "read-key") },
        };
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()!;

    private async Task<HttpStatusCode> PageAsync(string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Cookie", cookie } } };
        using var response = await _server.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string> SignInAsync(string key)
    {
        using var response = await PostKeyAsync(key);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<HttpResponseMessage> PostKeyAsync(string key)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", key)]);
        return await _server.Client.PostAsync("/sign-in", form);
    }

    private Task<HttpResponseMessage> GetAsync(string key) => SendAsync(key, HttpMethod.Get, "/v1/models", body: null);

    private async Task<HttpResponseMessage> SendAsync(string key, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _server.Client.SendAsync(request);
    }
}
