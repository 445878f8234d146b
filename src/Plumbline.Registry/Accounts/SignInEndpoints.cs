using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>Browsers exchange a password or an API key for a cookie.</summary>
internal static class SignInEndpoints
{
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>Says in the address of the page why one is asked.</summary>
    private const string PasswordChanged = "password";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                Links.SignIn,
                (string? returnUrl, string? changed, AccountStore accounts) =>
                    SignInPage.Make(
                        returnUrl,
                        changed == PasswordChanged ? "The password was changed. Sign in with the new one." : null,
                        withKey: accounts.All.IsEmpty
                    )
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
        routes.MapPost(Links.SignIn, SignInAsync).AllowAnonymous().TakesBodies(BodyTypes.OfForm).ExcludeFromDescription();
        routes
            .MapPost(
                Links.SignOut,
                async (HttpContext context) =>
                {
                    await context.SignOutAsync(Scheme);
                    return Results.Redirect(Links.SignIn);
                }
            )
            .RequireAnyPage()
            .TakesBodies(BodyTypes.OfForm)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context,
        KeyStore keys,
        LockOut lockOut,
        PasswordSignIn passwords,
        ILogger<PasswordSignIn> log,
        string? returnUrl
    )
    {
        if (!context.Request.HasFormContentType)
            return SignInPage.Make(returnUrl, "Send the form of this page.", StatusCodes.Status400BadRequest);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (key, name) = (form["key"].ToString().Trim(), form["name"].ToString().Trim());
        var withKey = name.Length == 0;
        var (principal, pause) = withKey
            ? WithKey(context, keys, lockOut, log, key)
            : await passwords.CheckAsync(
                name,
                form["password"].ToString(),
                context.Connection.RemoteIpAddress,
                Scheme,
                context.RequestAborted
            );
        if (pause is { } wait)
        {
            var seconds = ApiKeyAuthentication.RetryAfter(wait);
            context.Response.Headers.RetryAfter = seconds;
            var what = withKey ? "Keys from here were" : "This name, or what came from here, was";
            return SignInPage.Make(
                returnUrl,
                $"{what} wrong too often. Try again in {seconds} s.",
                StatusCodes.Status429TooManyRequests,
                withKey
            );
        }

        if (principal is null)
        {
            return SignInPage.Make(
                returnUrl,
                withKey
                    ? "The key is not known. Ask who runs this server for one, or see access.keys in its configuration."
                    : "The name or the password is wrong, or the account is switched off.",
                StatusCodes.Status401Unauthorized,
                withKey
            );
        }

        if (WhyNoPages(Actor.Of(principal), withKey) is { } reason)
            return SignInPage.Make(returnUrl, reason, StatusCodes.Status403Forbidden, withKey);
        await context.SignInAsync(Scheme, principal);
        return Results.LocalRedirect(SignInPage.Local(returnUrl));
    }

    private static (ClaimsPrincipal? Who, TimeSpan? Pause) WithKey(
        HttpContext context,
        KeyStore keys,
        LockOut lockOut,
        ILogger log,
        string key
    )
    {
        var address = context.Connection.RemoteIpAddress;
        var place = address?.ToString() ?? PasswordSignIn.UnknownPlace;
        if (lockOut.PauseOf(address, key) is { } pause)
        {
            log.KeyRefused(place, "it was wrong too often");
            return (null, pause);
        }

        var principal = keys.Identify(key, Scheme);
        if (principal is null)
        {
            lockOut.Wrong(address, key);
            log.KeyRefused(place, "it is not known");
        }

        return (principal, null);
    }

    private static string? WhyNoPages(Actor actor, bool withKey)
    {
        if (actor.MaySeeAny)
            return null;
        var what = withKey ? "key" : "account";
        return actor.Models.IsEmpty
            ? $"There is no page for the role {actor.Role?.Word()} of this {what}."
            : $"This {what} is bound to single models; the pages show all. Use one without models here.";
    }
}
