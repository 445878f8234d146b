using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Plumbline.Registry.Access;

namespace Plumbline.Server.Tests.Access;

/// <summary>
/// Every endpoint against every kind of caller that a web page can make of its reader's browser: by Host, by Origin and by what a form can
/// send.
/// </summary>
public sealed class EndpointGateTests(TestHost host)
{
    private static readonly string[] ReadMethods = ["GET", "HEAD", "OPTIONS", "TRACE"];

    [Fact]
    public async Task No_endpoint_answers_to_another_servers_name()
    {
        foreach (var (method, path, _) in Endpoints())
        {
            foreach (
                var name in new[]
                {
                    "evil.example",
                    "evil.example:5070",
                    "127.0.0.1.nip.io",
                    "localhost.evil.example",
                    "10.0.0.7",
                    "plumbline",
                }
            )
            {
                Assert.Equal(
                    (method, path, HttpStatusCode.MisdirectedRequest),
                    (method, path, await SendAsync(method, path, ("Host", name)))
                );
            }
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("LOCALHOST:5070")]
    [InlineData("127.8.9.1:80")]
    [InlineData("[::1]:5070")]
    public async Task Loopback_names_are_answered(string name) =>
        Assert.Equal(HttpStatusCode.OK, await SendAsync("GET", "/v1/models", ("Host", name)));

    [Fact]
    public async Task No_page_of_another_site_can_write()
    {
        (string, string)[][] pages =
        [
            [("Origin", "http://evil.example")],
            [("Origin", "null")],
            [("Origin", "http://localhost:1")],
            [("Origin", $"http://{host.Address.Host}.evil.example:{host.Address.Port}")],
            [("Sec-Fetch-Site", "cross-site")],
            [("Sec-Fetch-Site", "same-site")],
            [("Sec-Fetch-Site", "cross-site"), ("Origin", Own)],
            [("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
        ];
        var writes = Endpoints().Where(endpoint => !ReadMethods.Contains(endpoint.Method)).ToList();
        Assert.True(writes.Count > 20);
        foreach (var (method, path, _) in writes)
        {
            foreach (var page in pages)
                Assert.Equal((method, path, HttpStatusCode.Forbidden), (method, path, await SendAsync(method, path, page)));
            Assert.NotEqual(HttpStatusCode.Forbidden, await SendAsync(method, path, ("Origin", Own), ("Sec-Fetch-Site", "same-origin")));
        }
    }

    [Theory]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor?id=x")]
    [InlineData("POST", "/_blazor?id=x")]
    [InlineData("POST", "/_blazor/disconnect")]
    public async Task The_hub_of_the_pages_takes_no_page_of_another_site(string method, string path)
    {
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(method, path, ("Origin", "http://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(method, path, ("Sec-Fetch-Site", "cross-site")));
        Assert.NotEqual(HttpStatusCode.Forbidden, await SendAsync(method, path, ("Origin", Own), ("Sec-Fetch-Site", "same-origin")));
    }

    [Fact]
    public async Task A_body_that_a_form_can_send_is_taken_from_no_browser()
    {
        foreach (var (method, path, types) in Endpoints().Where(endpoint => !ReadMethods.Contains(endpoint.Method)))
        {
            foreach (var type in new[] { "text/plain", "multipart/form-data; boundary=x", "TEXT/PLAIN; charset=utf-8" })
            {
                Assert.Equal((path, type, HttpStatusCode.UnsupportedMediaType), (path, type, await SendBodyAsync(method, path, type)));
                Assert.Equal(
                    (path, type, HttpStatusCode.UnsupportedMediaType),
                    (path, type, await SendBodyAsync(method, path, type, ("Origin", Own)))
                );
            }

            var isForm = types?.Takes(BodyTypes.Form) == true;
            var form = await SendBodyAsync(method, path, BodyTypes.Form, ("Sec-Fetch-Site", "same-origin"));
            Assert.Equal((path, isForm), (path, form != HttpStatusCode.UnsupportedMediaType));
            Assert.Equal((path, HttpStatusCode.UnsupportedMediaType), (path, await SendBodyAsync(method, path, null, ("Origin", Own))));
            // What curl says when it is told nothing; a reference alone must say what its rows are.
            if (!path.EndsWith("/reference", StringComparison.Ordinal))
                Assert.NotEqual((path, HttpStatusCode.UnsupportedMediaType), (path, await SendBodyAsync(method, path, BodyTypes.Form)));
            if (!isForm)
            {
                Assert.NotEqual(
                    (path, HttpStatusCode.UnsupportedMediaType),
                    (path, await SendBodyAsync(method, path, BodyTypes.Json, ("Origin", Own)))
                );
            }
        }
    }

    [Fact]
    public async Task Curl_without_a_content_type_declares_and_posts()
    {
        var model = await host.CreateModelAsync(new { task = "binary" }, "curl");
        using var post = new HttpRequestMessage(HttpMethod.Post, $"/v1/models/{model}/predictions")
        {
            Content = new StringContent("""[{"prediction":"1"}]""", Encoding.UTF8, BodyTypes.Form),
        };
        using var answer = await host.Client.SendAsync(post);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/healthz")]
    [InlineData("/")]
    [InlineData("/frame.css")]
    [InlineData("/js/page.js")]
    [InlineData("/v1/models/nobody")]
    [InlineData("/nowhere")]
    [InlineData("/sign-in")]
    public async Task Every_answer_says_what_a_browser_may_do_with_it(string path)
    {
        using var response = await host.Client.GetAsync(path);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    private string Own => host.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Every endpoint with its methods, its parameters filled with what exists nowhere.</summary>
    private List<(string Method, string Path, BodyTypes? Types)> Endpoints() =>
        [
            .. from endpoint in host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where
                endpoint.RoutePattern.RawText is not null
                && !endpoint.RoutePattern.RawText.Contains("{*", StringComparison.Ordinal)
                && !endpoint.RoutePattern.RawText.Contains("_blazor", StringComparison.Ordinal)
            let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
            from method in methods
            select (method, PathOf(endpoint), endpoint.Metadata.GetMetadata<BodyTypes>()),
        ];

    internal static string PathOf(RouteEndpoint endpoint) =>
        "/"
        + string.Join(
            '/',
            endpoint.RoutePattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => parameter.ParameterPolicies.Count
                            > 0
                                ? "987654321"
                                : "no-such-thing",
                            _ => "",
                        }
                    )
                )
            )
        );

    private Task<HttpStatusCode> SendAsync(string method, string path, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, content: null, headers);

    private Task<HttpStatusCode> SendBodyAsync(string method, string path, string? type, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return SendAsync(method, path, content, headers);
    }

    private async Task<HttpStatusCode> SendAsync(string method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }
}
