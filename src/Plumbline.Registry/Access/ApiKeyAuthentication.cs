using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Access;

/// <summary>Knows a caller by <c>Authorization: Bearer</c>. Where nobody is known everyone on loopback is admin, named "open".</summary>
public sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KeyStore keys,
    LockOut lockOut
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string RoleClaim = "plumbline:role";
    public const string ModelClaim = "plumbline:model";
    private TimeSpan? _pause;

    /// <summary>The seconds of a Retry-After header: whole ones, rounded up.</summary>
    public static string RetryAfter(TimeSpan pause) => Math.Max(1, Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (keys.IsEmpty)
        {
            return Task.FromResult(
                AuthenticateResult.Success(new AuthenticationTicket(KeyStore.Principal("open", ApiRole.Admin, [], SchemeName), SchemeName))
            );
        }

        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        var key = header["Bearer ".Length..].Trim();
        _pause = lockOut.PauseOf(Context.Connection.RemoteIpAddress, key);
        if (_pause is not null)
            return Task.FromResult(AuthenticateResult.Fail("Too many wrong keys."));
        if (keys.Identify(key, SchemeName) is { } principal)
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName)));
        lockOut.Wrong(Context.Connection.RemoteIpAddress, key);
        return Task.FromResult(AuthenticateResult.Fail("The API key is not known."));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_pause is { } pause)
        {
            Response.Headers.RetryAfter = RetryAfter(pause);
            await Problems
                .Make(
                    StatusCodes.Status429TooManyRequests,
                    "Too many wrong keys",
                    "locked_out",
                    $"Keys from here were wrong too often. Try again in {RetryAfter(pause)} s."
                )
                .ExecuteAsync(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await Problems
            .Make(
                StatusCodes.Status401Unauthorized,
                "An API key is needed",
                "unauthorized",
                "Send Authorization: Bearer <api key> with a key that the server knows."
            )
            .ExecuteAsync(Context);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        await Problems
            .Make(
                StatusCodes.Status403Forbidden,
                "The key may not do this",
                "forbidden",
                "The key's role or its models do not cover this call."
            )
            .ExecuteAsync(Context);
}
