using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Plumbline.Server.Access;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Access;

/// <summary>Every endpoint names its role, or is on the short list of what anyone may see.</summary>
public sealed class EndpointRoleTests(TestHost host)
{
    private static readonly string[] Open = ["/healthz", "/readyz", "/sign-in"];

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
            if (pattern == "/{**path:file}") continue;
            if (anonymous) Assert.True(Open.Contains(pattern) || IsStatic(pattern), $"{pattern} is open to anyone.");
            else Assert.True(roles.Count > 0 && roles.All(role => Enum.TryParse<ApiRole>(role, out _)), $"{pattern} names no role.");
        }
    }

    [Fact]
    public void Listening_beyond_loopback_needs_a_key()
    {
        var open = new PlumblineOptions { Urls = "http://0.0.0.0:5070" };
        Assert.Contains(open.Validate(), error => error.Contains("no API key", StringComparison.Ordinal));
        var keyed = open with { Access = new AccessOptions { Keys = [new ApiKeyOptions { Name = "a", Role = "read", Sha256 = new string('a', 64) }] } };
        Assert.Empty(keyed.Validate());
    }

    [Theory]
    [InlineData(ApiRole.Ingest, ApiRole.Read, false)]
    [InlineData(ApiRole.Read, ApiRole.Ingest, false)]
    [InlineData(ApiRole.Review, ApiRole.Read, true)]
    [InlineData(ApiRole.Operate, ApiRole.Ingest, true)]
    [InlineData(ApiRole.Operate, ApiRole.Admin, false)]
    [InlineData(ApiRole.Admin, ApiRole.Admin, true)]
    public void Roles_grant_what_they_say(ApiRole held, ApiRole needed, bool granted) => Assert.Equal(granted, ApiRoles.Grants(held, needed));

    private static bool IsStatic(string pattern) => pattern.StartsWith("/_", StringComparison.Ordinal) || Path.HasExtension(pattern) || pattern.Contains("{**", StringComparison.Ordinal);
}
