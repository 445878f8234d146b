using System.Net;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Access;

/// <summary>The page that asks who one is: plain HTML, because it must work before anything else of the pages may be loaded.</summary>
internal static class SignInPage
{
    public const string Path = Links.SignIn;

    /// <summary>Only a path of this server: an open redirect would lend our name to somebody else's page.</summary>
    public static string Local(string? returnUrl) =>
        returnUrl is ['/', ..]
        && !returnUrl.StartsWith("//", StringComparison.Ordinal)
        && !returnUrl.StartsWith("/\\", StringComparison.Ordinal)
        && !returnUrl.Any(char.IsControl)
            ? returnUrl
            : "/";

    /// <param name="returnUrl">Where to go afterwards.</param>
    /// <param name="message">What to say; null for nothing.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="withKey">Whether the part for keys is open.</param>
    public static IResult Make(string? returnUrl, string? message, int status = StatusCodes.Status200OK, bool withKey = false)
    {
        var action = WebUtility.HtmlEncode($"{Path}?returnUrl={Uri.EscapeDataString(Local(returnUrl))}");
        var role = status < StatusCodes.Status400BadRequest ? "status" : "alert";
        var said = message is null ? "" : $"<p role=\"{role}\" class=\"said\">{WebUtility.HtmlEncode(message)}</p>";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in - Plumbline</title>
            <link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/frame.css">
            <link rel="stylesheet" href="/parts.css"></head>
            <body><main class="page sign-in"><h1>Sign in</h1>{said}
            <section class="panel"><form method="post" action="{action}">
            <label>Name <input class="field" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100"
            required{(withKey ? "" : " autofocus")}></label>
            <label>Password <input class="field" name="password" type="password" autocomplete="current-password" maxlength="200"
            required></label>
            <button class="button primary" type="submit">Sign in</button></form>
            <details{(withKey ? " open" : "")}><summary>or with an API key</summary><form method="post" action="{action}">
            <label>API key <input class="field" name="key" type="password" autocomplete="off" required{(
                withKey ? " autofocus" : ""
            )}></label>
            <button class="button" type="submit">Sign in with the key</button></form></details></section>
            <p class="muted">It lasts 12 hours. Who has no account asks an administrator of this server for one.</p></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }
}
