using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Plumbline.Registry.Telemetry;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Access;

/// <summary>
/// Authentication by API key (and for browsers by a cookie that a password or a key was exchanged for), authorization by role.
/// Fail closed: an endpoint that names no role answers nobody.
/// </summary>
public static class AccessSetup
{
    /// <summary>The policy of what every reader of a page needs, whichever page that is: the connection, the sign-out.</summary>
    public const string AnyPage = "AnyPage";

    private const string Selector = "KeyOrCookie";

    public static IServiceCollection AddAccess(this IServiceCollection services, InstanceOptions instance, AccessOptions access)
    {
        services
            .AddSingleton(access)
            .AddSingleton<KeyStore>()
            .AddSingleton(provider => new AllowedHosts(instance, access, provider.GetRequiredService<KeyStore>()))
            .AddSingleton<AccessCounters>()
            .AddInstruments<AccessInstruments>()
            .AddSingleton<LockOut>();
        services.AddKeyLimits();
        services
            .AddAuthentication(Selector)
            .AddPolicyScheme(
                Selector,
                displayName: null,
                scheme =>
                    scheme.ForwardDefaultSelector = context =>
                        !context.RequestServices.GetRequiredService<KeyStore>().IsEmpty
                        && !context.Request.Headers.ContainsKey("Authorization")
                        && !IsApi(context.Request.Path)
                            ? CookieAuthenticationDefaults.AuthenticationScheme
                            : ApiKeyAuthentication.SchemeName
            )
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = "plumbline";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.LoginPath = SignInPage.Path;
                cookie.Events.OnRedirectToAccessDenied = LeadElsewhereAsync;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
                cookie.Events.OnValidatePrincipal = ReviveAsync;
            });
        services.AddAuthorization(authorization =>
        {
            foreach (var role in Enum.GetValues<ApiRole>())
                authorization.AddPolicy(role.ToString(), policy => policy.RequireAssertion(context => May(context, role)));
            authorization.AddPolicy(AnyPage, policy => policy.RequireAssertion(context => Actor.Of(context.User).MaySeeAny));
            // No role named: nobody. A forgotten declaration must be noticed, not exploited.
            authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build();
        });
        services.AddCascadingAuthenticationState();
        return services;
    }

    /// <summary>Declares which role an endpoint needs.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, ApiRole role)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(role.ToString());

    /// <summary>Declares that an endpoint is for everybody who may see any page at all.</summary>
    public static TBuilder RequireAnyPage<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(AnyPage);

    // Who only reviews is led to where that is done; to others it is said that this page is not for them.
    private static Task LeadElsewhereAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var actor = Actor.Of(context.HttpContext);
        if (actor.MaySee(ApiRole.Annotate) && !actor.MaySee(ApiRole.Read))
        {
            context.Response.Redirect(Links.Review);
            return Task.CompletedTask;
        }

        var message = $"You are signed in as {actor.Name}, whose role may not see this page. Sign in as somebody else, or go back.";
        var address = context.Request.Path + context.Request.QueryString;
        return SignInPage.Make(address, message, StatusCodes.Status403Forbidden).ExecuteAsync(context.HttpContext);
    }

    // A cookie opens what its key or account opens now, not what it opened when it was given.
    private static Task ReviveAsync(CookieValidatePrincipalContext context)
    {
        var keys = context.HttpContext.RequestServices.GetRequiredService<KeyStore>();
        if (
            context.Principal is not null
            && keys.Revive(context.Principal, CookieAuthenticationDefaults.AuthenticationScheme) is { } holder
        )
        {
            context.ReplacePrincipal(holder);
        }
        else
        {
            context.RejectPrincipal();
        }

        return Task.CompletedTask;
    }

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.Ordinal)
        || path.StartsWithSegments("/metrics", StringComparison.Ordinal)
        || path.StartsWithSegments("/openapi", StringComparison.Ordinal);

    // What has no model in its route is not for a key that is bound to models.
    private static bool May(AuthorizationHandlerContext context, ApiRole needed)
    {
        var (actor, http) = (Actor.Of(context.User), context.Resource as HttpContext);
        return http?.GetEndpoint()?.Metadata.GetMetadata<PageMark>() is not null
            ? actor.MaySee(needed)
            : actor.May(needed, http?.GetRouteValue("model") as string);
    }
}
