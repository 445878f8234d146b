using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Access;

/// <summary>Knows a caller by <c>Authorization: Bearer</c>. Without configured keys everyone on loopback is admin, named "open".</summary>
public sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, PlumblineOptions plumbline)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string RoleClaim = "plumbline:role";
    public const string ModelClaim = "plumbline:model";

    /// <summary>The identity of a key, also used by the sign-in page.</summary>
    public static ClaimsPrincipal? Identify(string key, AccessOptions access, string scheme)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        ApiKeyOptions? match = null;
        foreach (var candidate in access.Keys)
        {
            // No early exit: the time taken must not tell which key came close.
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(candidate.Sha256.ToUpperInvariant()))) match = candidate;
        }

        return match is null || !ApiRoles.TryParse(match.Role, out var role) ? null : Principal(match.Name, role, match.Models, scheme);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (plumbline.Access.Keys.Count == 0)
            return Task.FromResult(Success(Principal("open", ApiRole.Admin, [], SchemeName)));
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return Task.FromResult(AuthenticateResult.NoResult());
        var principal = Identify(header["Bearer ".Length..].Trim(), plumbline.Access, SchemeName);
        return Task.FromResult(principal is null ? AuthenticateResult.Fail("The API key is not known.") : Success(principal));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.Make(StatusCodes.Status401Unauthorized, "An API key is needed", "unauthorized", "Send Authorization: Bearer <api key> with a key that the server's configuration knows.").ExecuteAsync(Context);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        await Problems.Make(StatusCodes.Status403Forbidden, "The key may not do this", "forbidden", "The key's role or its models do not cover this call.").ExecuteAsync(Context);

    private static AuthenticateResult Success(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));

    private static ClaimsPrincipal Principal(string name, ApiRole role, IReadOnlyList<string> models, string scheme)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, name), new(RoleClaim, role.ToString()) };
        claims.AddRange(models.Select(model => new Claim(ModelClaim, model)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }
}
