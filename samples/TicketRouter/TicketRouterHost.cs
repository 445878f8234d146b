using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using TicketRouter.Releases;
using TicketRouter.Reporting;
using TicketRouter.Retraining;
using TicketRouter.Scenario;
using TicketRouter.Serving;
using TicketRouter.Simulation;
using TicketRouter.Tickets;

namespace TicketRouter;

/// <summary>The whole program, from its parts.</summary>
public static class TicketRouterHost
{
    /// <param name="args">The command line.</param>
    /// <param name="time">The clock; tests pass their own.</param>
    /// <exception cref="ArgumentException">A switch is wrong.</exception>
    public static WebApplication Build(string[] args, TimeProvider time)
    {
        // The settings beside the program, whatever folder it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var options = TicketRouterOptions.Read(builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = TicketReading.MaxBytes);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddProblemDetails();

        var scenario = new DemoScenario(options.Anchor ?? time.GetUtcNow(), options.Days);
        var traffic = new TicketTraffic(scenario, options.Seed, options.PerHour, options.LiveRate);
        var releases = ReleaseCatalog.Train(traffic, options.Seed);
        var (archive, records) = (new TicketArchive(traffic), new ReleaseRecords(options.ReleasesFolder, WorldOf(options, scenario)));
        records.Restore(releases, archive, traffic, options.Seed);
        builder.Services.AddSingleton(time).AddSingleton(options).AddSingleton(scenario).AddSingleton(traffic);
        builder.Services.AddSingleton(releases).AddSingleton(archive).AddSingleton(records);

        builder.Services.AddHttpClient<PlumblineClient>(ToPlumbline);
        builder.Services.AddHttpClient<RetrainingClient>(ToPlumbline);
        builder.Services.AddHttpClient<ReviewClient>(ToPlumbline);
        builder.Services.AddHttpClient(nameof(LiveCustomers), http => http.Timeout = TimeSpan.FromSeconds(30));
        AddHosted<PredictionReporter>(builder.Services);
        AddHosted<FactCourier>(builder.Services);
        AddHosted<LiveCustomers>(builder.Services);
        AddHosted<Trainer>(builder.Services);
        AddHosted<PromotionWatch>(builder.Services);
        builder.Services.AddSingleton<ScriptedAnnotator>();
        builder.Services.AddSingleton<DeployedRelease>().AddSingleton<TicketAnswering>().AddSingleton<HistoryBackfill>();
        if (options.StopWithStdin)
            builder.Services.AddHostedService<StopWithStandardInput>();

        var app = builder.Build();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                StatusCodeSelector = failure =>
                    (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError,
            }
        );
        app.UseStatusCodePages();
        app.MapServing();
        app.MapRetraining();
        app.MapSimulation();
        return app;

        void ToPlumbline(HttpClient http)
        {
            http.BaseAddress = options.Plumbline is { } url
                ? new Uri(url.AbsoluteUri.TrimEnd('/') + '/')
                : new Uri("http://127.0.0.1:5070/");
            http.Timeout = TimeSpan.FromSeconds(60);
            if (options.ApiKey is { Length: > 0 } key)
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    // All that decides which ticket an id is of.
    private static string WorldOf(TicketRouterOptions options, DemoScenario scenario) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Seed} {scenario.Days} {scenario.Anchor:O} {options.PerHour} {options.LiveRate}"
        );

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
