using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Plumbline.Registry.Access;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Access;

/// <summary>Every endpoint names its role, or is on the short list of what anyone may see.</summary>
public sealed class EndpointRoleTests(TestHost host, SecuredServer secured) : IClassFixture<SecuredServer>
{
    /// <summary>Every endpoint with every role that it does not grant, on a server with keys.</summary>
    [Fact]
    public async Task Every_endpoint_refuses_who_may_not()
    {
        var callers = new (string? Key, ApiRole? Role, bool Bound)[]
        {
            (null, null, false),
            ("read-key", ApiRole.Read, false),
            ("annotate-key", ApiRole.Annotate, false),
            ("few-key", ApiRole.Ingest, false),
            ("bound-key", ApiRole.Operate, true),
        };
        foreach (var endpoint in host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = EndpointGateTests.PathOf(endpoint);
            if (
                endpoint.RoutePattern.RawText!.Contains("{*", StringComparison.Ordinal)
                || (path != "/metrics" && !path.StartsWith("/v1", StringComparison.Ordinal))
            )
            {
                continue;
            }

            var role = Enum.Parse<ApiRole>(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Single().Policy!);
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)
            {
                foreach (var (key, held, bound) in callers)
                {
                    // A model of another name, or none at all, is not for a key that is bound to one.
                    var may = held is { } has && ApiRoles.Grants(has, role) && !bound;
                    using var request = new HttpRequestMessage(new HttpMethod(method), path);
                    if (key is not null)
                        request.Headers.Authorization = new("Bearer", key);
                    using var response = await secured.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    var expected =
                        may ? 0
                        : key is null ? 401
                        : 403;
                    Assert.Equal(
                        (method, path, key, expected),
                        (method, path, key, (int)response.StatusCode is 401 or 403 ? (int)response.StatusCode : 0)
                    );
                }
            }
        }
    }

    // A trainer's report has the secret of its run in the address.
    private static readonly string[] Open = ["/healthz", "/readyz", "/sign-in", "/hooks/retraining/{run}"];

    // What pages are connected through, the account page and the sign-out: for everybody who may see any page at all.
    private static readonly string[] OfAnyPage = ["/account", "/sign-out"];

    [Fact]
    public void Every_endpoint_names_a_role()
    {
        var endpoints = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count > 5);
        foreach (var endpoint in endpoints)
        {
            var pattern = "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
            var anonymous = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var roles = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ToList();
            // The framework's development route for static files names nothing, so the fallback policy closes it.
            if (pattern == "/{**path:file}")
                continue;
            if (anonymous)
                Assert.True(Open.Contains(pattern) || IsStatic(pattern), $"{pattern} is open to anyone.");
            else if (roles is [AccessSetup.AnyPage])
                Assert.True(OfAnyPage.Contains(pattern) || IsConnection(pattern), $"{pattern} is open to who only reviews.");
            else
                Assert.True(roles.Count > 0 && roles.All(role => Enum.TryParse<ApiRole>(role, out _)), $"{pattern} names no role.");
        }
    }

    [Fact]
    public void Listening_beyond_loopback_needs_a_key()
    {
        var open = new PlumblineOptions { Urls = "http://0.0.0.0:5070" };
        Assert.Contains(open.Validate(), error => error.Contains("no API key", StringComparison.Ordinal));
        var keyed = open with
        {
            Access = new AccessOptions
            {
                Keys =
                [
                    new ApiKeyOptions
                    {
                        Name = "a",
                        Role = "read",
                        Sha256 = new string('a', 64),
                    },
                ],
            },
        };
        Assert.Empty(keyed.Validate());
    }

    [Fact]
    public void Only_the_review_pages_are_for_who_only_reviews()
    {
        var pages = host.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageMark>() is not null)
            .ToLookup(
                endpoint => Assert.Single(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()).Policy,
                endpoint => endpoint.RoutePattern.RawText
            );
        Assert.Equal(["/review", "/review/{Name}"], pages["Annotate"].Order(StringComparer.Ordinal));
        Assert.Equal(["/account"], pages[AccessSetup.AnyPage]);
        // Who decides where annotators disagree sees who said what.
        Assert.Equal(["/review/{Name}/disputed"], pages["Review"]);
        Assert.True(pages["Read"].Count() > 10);
        Assert.Equal(["Annotate", AccessSetup.AnyPage, "Read", "Review"], pages.Select(page => page.Key).Order(StringComparer.Ordinal));
    }

    // The whole table: rows are what is held, columns what is needed, in the order of the enumeration.
    [Fact]
    public void The_table_of_roles_is_this()
    {
        var table = Enum.GetValues<ApiRole>()
            .Select(held =>
                string.Concat(Enum.GetValues<ApiRole>().Select(needed => ApiRoles.Grants(held, needed) ? 'x' : '.')) + " " + held
            );
        Assert.Equal(["x..... Ingest", ".x.... Read", "..x... Annotate", ".xxx.. Review", "xxxxx. Operate", "xxxxxx Admin"], table);
        Assert.Equal("ingest, read, annotate, review, operate, admin", ApiRoles.Listed);
    }

    [Theory]
    [InlineData("annotate", "", true, false)]
    [InlineData("annotate", "churn", true, false)]
    [InlineData("read", "", false, true)]
    [InlineData("read", "churn", false, false)]
    [InlineData("review", "", true, true)]
    [InlineData("review", "churn", false, false)]
    [InlineData("ingest", "", false, false)]
    [InlineData("admin", "", true, true)]
    public void Pages_are_for_those_who_may_see_all_models_and_reviews_for_annotators_of_some(
        string role,
        string boundTo,
        bool review,
        bool others
    )
    {
        Assert.True(ApiRoles.TryParse(role, out var held));
        var actor = new Actor("a", held, boundTo.Length == 0 ? [] : [boundTo], Address: null);
        Assert.Equal((review, others), (actor.MaySee(ApiRole.Annotate), actor.MaySee(ApiRole.Read)));
        Assert.Equal(review || others, actor.MaySeeAny);
    }

    [Theory]
    [InlineData(ApiRole.Ingest, ApiRole.Read, false)]
    [InlineData(ApiRole.Annotate, ApiRole.Annotate, true)]
    [InlineData(ApiRole.Annotate, ApiRole.Read, false)]
    [InlineData(ApiRole.Annotate, ApiRole.Review, false)]
    [InlineData(ApiRole.Read, ApiRole.Annotate, false)]
    [InlineData(ApiRole.Review, ApiRole.Annotate, true)]
    [InlineData(ApiRole.Read, ApiRole.Ingest, false)]
    [InlineData(ApiRole.Review, ApiRole.Read, true)]
    [InlineData(ApiRole.Operate, ApiRole.Ingest, true)]
    [InlineData(ApiRole.Operate, ApiRole.Admin, false)]
    [InlineData(ApiRole.Admin, ApiRole.Admin, true)]
    public void Roles_grant_what_they_say(ApiRole held, ApiRole needed, bool granted) =>
        Assert.Equal(granted, ApiRoles.Grants(held, needed));

    private static bool IsConnection(string pattern) =>
        pattern.StartsWith("/_blazor", StringComparison.Ordinal) || pattern.StartsWith("/_framework", StringComparison.Ordinal);

    private static bool IsStatic(string pattern) =>
        pattern.StartsWith("/_", StringComparison.Ordinal)
        || Path.HasExtension(pattern)
        || pattern.Contains("{**", StringComparison.Ordinal);
}
