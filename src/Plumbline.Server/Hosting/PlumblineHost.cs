using System.Text.Json;
using Plumbline.Alerting.Backtests;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.OutsideAlerts;
using Plumbline.Alerting.RuleManagement;
using Plumbline.Alerting.Rules;
using Plumbline.Dashboard;
using Plumbline.Dashboard.Demo;
using Plumbline.Exposition;
using Plumbline.Ingestion;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Sources;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.FeatureTypes;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Multivariate;
using Plumbline.Monitoring.Normals;
using Plumbline.Monitoring.Outcomes;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Quality;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Monitoring.Scores;
using Plumbline.Monitoring.Segments;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.State;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Telemetry;
using Plumbline.Registry.Web;
using Plumbline.Registry.Windows;
using Plumbline.Review;
using Plumbline.Review.Retraining.Web;
using Plumbline.Review.Web;

namespace Plumbline.Server.Hosting;

/// <summary>The composition root: what a Plumbline server consists of, in the order in which data flows through it.</summary>
public static class PlumblineHost
{
    /// <summary>Whose tables the state database has.</summary>
    internal static StateTables StateTables { get; } =
        new([
            typeof(StateDbContext).Assembly,
            typeof(OutcomeSourceTable).Assembly,
            typeof(BaselineTable).Assembly,
            typeof(RuleTable).Assembly,
            typeof(ReviewOptions).Assembly,
        ]);

    /// <summary>Builds the server. Options must be valid (<see cref="PlumblineOptions.Validate"/>).</summary>
    /// <exception cref="OptionsException">They are not; the message lists every violation.</exception>
    public static WebApplication Build(PlumblineOptions options, TimeProvider? time = null)
    {
        if (options.Validate() is { Count: > 0 } errors)
            throw new OptionsException(errors);
        var openFolder = DataFolder.Prepare(options.DataDirectory);
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                ContentRootPath = AppContext.BaseDirectory,
                ApplicationName = typeof(PlumblineHost).Assembly.GetName().Name,
            }
        );
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(options.Urls.Split(';'));
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder
            .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning)
            // Its one warning, that keys on a disk are not encrypted by a certificate, is documented instead of repeated at each start.
            .AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error)
            // The command line says by itself where it listens.
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        AddServices(builder.Services, options, time ?? TimeProvider.System);
        var app = builder.Build();
        if (openFolder is not null)
            app.Logger.FolderOpen(openFolder);
        MapPipeline(app);
        return app;
    }

    /// <summary>
    /// Opens the data folder: what is wrong with it is thrown from here, and not, with a trace of our own calls in the log, from the start
    /// of the host. That would do it by itself, too.
    /// </summary>
    /// <exception cref="DataFolderException">The parts of the folder do not belong together, or one is damaged.</exception>
    /// <exception cref="NobodyKnownException">There is no account and no key, and other machines could reach the server.</exception>
    public static async Task OpenDataAsync(WebApplication app, CancellationToken cancellation)
    {
        await app.Services.GetRequiredService<StatePreparation>().EnsureAsync(cancellation);
        await app.Services.GetRequiredService<WhoIsKnown>().EnsureAsync(cancellation);
        _ = app.Services.GetRequiredService<Spool>();
        app.Services.GetRequiredService<KnownEvents>().ReadSpoolAtStart();
    }

    private static void AddServices(IServiceCollection services, PlumblineOptions options, TimeProvider time)
    {
        services.AddSingleton(options).AddSingleton<InstanceOptions>(options).AddSingleton(time);
        services.AddProblemDetails().AddExceptionHandler<RequestFailures>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never;
        });
        services.AddOpenApi();
        services.AddReadiness();
        services.AddTelemetry();
        services.AddStorage();
        services.AddAccess(options, options.Access).AddCommands();
        services.AddState(options.StatePlace, StateTables).AddStatePreparation().AddAccounts();
        services.AddSingleton<ModelCatalog>().AddSingleton<VersionDeclaration>().AddOwnership();
        services.AddColumnStore(options);
        services.AddRetention();
        services.AddSingleton(options.Windows).AddSingleton<WindowLedger>().AddSingleton<ProgressUntil>();
        services.AddIngestion(options, options.Ingestion);
        services.AddIntegrity();
        services.AddSources(options.Sources);
        services.AddReferences();
        services.AddFeatureTypes();
        services.AddProfiles();
        AddCalculators(services, options);
        services.AddMetricPoints();
        services.AddSegments();
        services.AddColdSpots(options.ColdSpots);
        services.AddScores();
        services.AddExplore();
        services.AddSingleton<FeatureRanking>().AddSingleton<OutcomeReader>();
        services.AddRules(options.Alerting).AddEvaluation().AddIncidents().AddRuleManagement().AddBacktests();
        services.AddDelivery(options, options.Delivery);
        services.AddInfrastructureAlerts();
        services.AddHealth();
        services.AddReview(options.Review, options.Datasets);
        services.AddRetraining(options.Retraining);
        services.AddExposition(options.Exposition, options.Telemetry, options.Delivery.AllowLinkLocal);
        services.AddUi();
        services.AddDemo();
    }

    /// <summary>What is computed of a window, in the order of the layers. A new calculator is one line here.</summary>
    private static void AddCalculators(IServiceCollection services, PlumblineOptions options)
    {
        services.AddSystemLayer(options.System, options.Delivery.AllowLinkLocal);
        services.AddSingleton<IProfileCalculator, QualityCalculator>();
        services.AddSingleton<IProfileCalculator, DriftCalculator>();
        services.AddCalibratedDrift();
        services.AddReferenceNormals();
        services.AddSingleton<IProfileCalculator, OutputCalculator>();
        services.AddSingleton<RowSamples>().AddSingleton<LabelledGroups>();
        services.AddSingleton<IWindowRows>(provider => provider.GetRequiredService<LabelledGroups>());
        // Estimates look at all answers: what they read serves performance and cost as well.
        services.AddEstimation();
        services.AddSingleton<IEventCalculator, PerformanceCalculator>();
        services.AddOutcomes();
        services.AddMultivariateDrift();
    }

    private static void MapPipeline(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<RequestGate>();
        app.UseAuthentication();
        app.UseKeyLimits();
        app.UseAuthorization();
        app.MapOpenApi().RequireRole(ApiRole.Read);
        app.MapHealth();
        app.MapAccounts();
        app.MapModels();
        app.MapOwnership();
        app.MapFeatures();
        app.MapIngestion();
        app.MapSources();
        app.MapReferences();
        app.MapMetrics();
        app.MapSystemLayer();
        app.MapProgress();
        app.MapRetention();
        app.MapOutcomes();
        app.MapSegments();
        app.MapColdSpots();
        app.MapExplore();
        app.MapRules();
        app.MapIncidents();
        app.MapIncidentWork();
        app.MapInfrastructureAlerts();
        app.MapBacktests();
        app.MapDelivery();
        app.MapModelHealth();
        app.MapReview();
        app.MapRetraining();
        app.MapExposition();
        app.MapUi();
    }
}

/// <summary>The configuration cannot be used.</summary>
public sealed class OptionsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>One sentence per violation.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
