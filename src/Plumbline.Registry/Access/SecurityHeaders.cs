namespace Plumbline.Registry.Access;

/// <summary>
/// The headers that tell a browser what our answers may not be used for; on every answer, errors and files too. Their values never change,
/// so a table of them is all that is needed.
/// </summary>
internal static class SecurityHeaders
{
    // Scripts and style sheets are files of this server; nothing written into a page runs. Widths and colours of single marks are style
    // attributes, which cannot load anything.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'";

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", ContentSecurityPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        // Not no-referrer: a browser would then send "Origin: null" with our own forms.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
            {
                // At the last moment: what handles errors clears the headers that were set before.
                context.Response.OnStarting(
                    static state =>
                    {
                        var headers = ((HttpResponse)state).Headers;
                        foreach (var (name, value) in Headers)
                            headers[name] = value;
                        return Task.CompletedTask;
                    },
                    context.Response
                );
                return next(context);
            }
        );
}
