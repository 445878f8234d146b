using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Plumbline.Server.Access;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Ui;

/// <summary>
/// Where a browser exchanges an API key for a cookie, once keys are configured. A plain page without scripts: nothing that
/// needs a session may run before there is one.
/// </summary>
internal static class SignInEndpoints
{
    private const string Address = "/sign-in";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, IAntiforgery antiforgery) => Page(context, antiforgery, failed: false)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Address, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            await antiforgery.ValidateRequestAsync(context);
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.Redirect(Address);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, PlumblineOptions options)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Page(context, antiforgery, failed: true);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (ApiKeyAuthentication.Identify(form["key"].ToString().Trim(), options.Access, CookieAuthenticationDefaults.AuthenticationScheme) is not { } principal)
            return Page(context, antiforgery, failed: true);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        // Only ever back into this server: "//elsewhere" and "/\elsewhere" are other hosts to a browser.
        var back = context.Request.Query["ReturnUrl"].ToString();
        return Results.Redirect(back.Length > 1 && back[0] == '/' && back[1] is not ('/' or '\\') ? back : "/");
    }

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, bool failed)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        var html = $"""
            <form method="post" class="filters"><label style="flex: 1">API key<input class="field" type="password" name="key" required autofocus autocomplete="current-password"></label>
            <input type="hidden" name="{WebUtility.HtmlEncode(token.FormFieldName)}" value="{WebUtility.HtmlEncode(token.RequestToken)}"><button class="button primary">Sign in</button></form>
            <p class="{(failed ? "status bad" : "muted")}" role="{(failed ? "alert" : "note")}">{(failed ? "This key is not known here." : "Keys are in the server's configuration; their role decides what can be seen.")}</p>
            """;
        return PlainPages.Make("Sign in", "Plumbline", html, failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
    }
}
