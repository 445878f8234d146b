using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Plumbline.Server.Ui.Charts;
using Plumbline.Server.Ui.Frame;

namespace Plumbline.Server.Ui;

/// <summary>The pages: Blazor components rendered on the server, their style sheets and their two small scripts.</summary>
public static class UiSetup
{
    private const string AssemblyName = "plumbline";

    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<FrameState>();
        services.AddScoped<BrowserPage>();
        services.AddScoped<ChartModule>();
        services.AddScoped<PaletteSearch>();
        return services;
    }

    public static WebApplication MapUi(this WebApplication app)
    {
        ServeAssetsFromThisAssembly(app);
        app.UseAntiforgery();
        app.MapStaticAssets(Path.Combine(AppContext.BaseDirectory, $"{AssemblyName}.staticwebassets.endpoints.json"));
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }

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
