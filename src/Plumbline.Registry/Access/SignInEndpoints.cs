using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Plumbline.Registry.Access;

/// <summary>
/// Browsers exchange an API key for a cookie. The page is plain HTML, because it must work before anything else of the pages may be loaded.
/// </summary>
public static class SignInEndpoints
{
    private const string Path = "/sign-in";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (string? returnUrl) => Page(returnUrl, error: null)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Path, SignInAsync).AllowAnonymous().TakesBodies(BodyTypes.OfForm).ExcludeFromDescription();
        routes
            .MapPost(
                "/sign-out",
                async (HttpContext context) =>
                {
                    await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                    return Results.Redirect(Path);
                }
            )
            .RequireRole(ApiRole.Read)
            .TakesBodies(BodyTypes.OfForm)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, KeyStore keys, LockOut lockOut, string? returnUrl)
    {
        if (!context.Request.HasFormContentType)
            return Page(returnUrl, "Send the form of this page.", StatusCodes.Status400BadRequest);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var key = form["key"].ToString().Trim();
        var address = context.Connection.RemoteIpAddress;
        if (lockOut.PauseOf(address, key) is { } pause)
        {
            context.Response.Headers.RetryAfter = ApiKeyAuthentication.RetryAfter(pause);
            return Page(
                returnUrl,
                $"Keys from here were wrong too often. Try again in {ApiKeyAuthentication.RetryAfter(pause)} s.",
                StatusCodes.Status429TooManyRequests
            );
        }

        var principal = keys.Identify(key, CookieAuthenticationDefaults.AuthenticationScheme);
        if (principal is null)
            lockOut.Wrong(address, key);
        if (principal is null)
        {
            return Page(
                returnUrl,
                "The key is not known. Ask who runs this server for one, or see access.keys in its configuration.",
                StatusCodes.Status401Unauthorized
            );
        }

        if (principal.HasClaim(claim => claim.Type == ApiKeyAuthentication.ModelClaim))
        {
            return Page(
                returnUrl,
                "This key is bound to single models; the pages show all. Use a key without models here.",
                StatusCodes.Status403Forbidden
            );
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        return Results.LocalRedirect(Local(returnUrl));
    }

    /// <summary>Only a path of this server: an open redirect would lend our name to somebody else's page.</summary>
    private static string Local(string? returnUrl) =>
        returnUrl is ['/', ..]
        && !returnUrl.StartsWith("//", StringComparison.Ordinal)
        && !returnUrl.StartsWith("/\\", StringComparison.Ordinal)
        && !returnUrl.Any(char.IsControl)
            ? returnUrl
            : "/";

    private static IResult Page(string? returnUrl, string? error, int status = StatusCodes.Status200OK)
    {
        var action = WebUtility.HtmlEncode($"{Path}?returnUrl={Uri.EscapeDataString(Local(returnUrl))}");
        var message = error is null ? "" : $"<p role=\"alert\"><strong>{WebUtility.HtmlEncode(error)}</strong></p>";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in - Plumbline</title>
            <link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/frame.css">
            <link rel="stylesheet" href="/parts.css"></head>
            <body><main class="page"><h1>Sign in</h1>
            <p>This server asks for an API key. It is exchanged for a cookie that lasts 12 hours.</p>{message}
            <form method="post" action="{action}">
            <label>API key <input name="key" type="password" autocomplete="current-password" required autofocus></label>
            <button class="button" type="submit">Sign in</button></form></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }
}
