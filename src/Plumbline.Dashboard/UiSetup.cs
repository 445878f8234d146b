using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Frame;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard;

/// <summary>The pages: Blazor components rendered on the server, their style sheets and their small scripts.</summary>
public static class UiSetup
{
    private const string AssemblyName = "plumbline";

    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<AuthenticationStateProvider, LiveAuthentication>();
        services.AddSingleton<Pages.Incidents.IncidentEnds>();
        services.AddScoped<FrameState>();
        services.AddScoped<BrowserPage>();
        services.AddScoped<ChartModule>();
        services.AddScoped<PaletteSearch>();
        services.AddScoped<UnknownPlaces>();
        return services;
    }

    public static WebApplication MapUi(this WebApplication app)
    {
        ServeAssetsFromThisAssembly(app);
        app.UseMiddleware<CircuitsAtStop>();
        app.UseAntiforgery();
        app.MapStaticAssets(Path.Combine(AppContext.BaseDirectory, $"{AssemblyName}.staticwebassets.endpoints.json")).AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null)
            .Add(NeedRoles);
        // Without this an unknown address would have no endpoint, hence no role, hence "forbidden" instead of "not found".
        app.MapFallback(
                "{*path}",
                static context =>
                    IsPage(context)
                        ? new RazorComponentResult<App> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(context)
                        : Results.StatusCode(StatusCodes.Status404NotFound).ExecuteAsync(context)
            )
            .RequireRole(ApiRole.Read);
        return app;
    }

    /// <summary>Each page needs the role that it says; what they are connected through, any of them.</summary>
    private static void NeedRoles(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<ComponentTypeMetadata>().LastOrDefault() is { } page)
        {
            endpoint.Metadata.Add(PageMark.Instance);
            endpoint.Metadata.Add(new AuthorizeAttribute(PageNeedsAttribute.Of(page.Type).Policy));
        }
        else
        {
            endpoint.Metadata.Add(new AuthorizeAttribute(AccessSetup.AnyPage));
        }
    }

    /// <summary>A browser that asks for a page gets the page about missing pages; programs get the problem document.</summary>
    private static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The assets belong to this assembly, whoever hosts it: a test or a benchmark has another entry assembly, and a
    /// service is started from any folder. In development the build's manifest says where each file lies; published,
    /// they lie beside the executable.
    /// </summary>
    private static void ServeAssetsFromThisAssembly(WebApplication app)
    {
        var manifest = Path.Combine(AppContext.BaseDirectory, $"{AssemblyName}.staticwebassets.runtime.json");
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (File.Exists(manifest))
        {
            app.Configuration[WebHostDefaults.StaticWebAssetsKey] = manifest;
            StaticWebAssetsLoader.UseStaticWebAssets(app.Environment, app.Configuration);
        }
        else if (Directory.Exists(published))
        {
            app.Environment.WebRootFileProvider = new PhysicalFileProvider(published);
        }
    }
}
