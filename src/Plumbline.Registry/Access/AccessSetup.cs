using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Registry.Access;

/// <summary>
/// Authentication by API key (and for browsers by a cookie that a key was exchanged for), authorization by role.
/// Fail closed: an endpoint that names no role answers nobody.
/// </summary>
public static class AccessSetup
{
    private const string Selector = "KeyOrCookie";

    public static IServiceCollection AddAccess(this IServiceCollection services, InstanceOptions instance, AccessOptions access)
    {
        services
            .AddSingleton(access)
            .AddSingleton(new KeyStore(access))
            .AddSingleton(new AllowedHosts(instance, access))
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
                        access.Keys.Count > 0 && !context.Request.Headers.ContainsKey("Authorization") && !IsApi(context.Request.Path)
                            ? CookieAuthenticationDefaults.AuthenticationScheme
                            : ApiKeyAuthentication.SchemeName
            )
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = "plumbline";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.LoginPath = "/sign-in";
                cookie.AccessDeniedPath = "/sign-in";
                cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
                cookie.Events.OnValidatePrincipal = ReviveAsync;
            });
        services.AddAuthorization(authorization =>
        {
            foreach (var role in Enum.GetValues<ApiRole>())
                authorization.AddPolicy(role.ToString(), policy => policy.RequireAssertion(context => May(context, role)));
            // No role named: nobody. A forgotten declaration must be noticed, not exploited.
            authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build();
        });
        services.AddCascadingAuthenticationState();
        return services;
    }

    /// <summary>Declares which role an endpoint needs.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, ApiRole role)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(role.ToString());

    // A cookie opens what its key opens now, not what it opened when it was given.
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
    private static bool May(AuthorizationHandlerContext context, ApiRole needed) =>
        Actor.Of(context.User).May(needed, (context.Resource as HttpContext)?.GetRouteValue("model") as string);
}
