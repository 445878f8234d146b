using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Rules;
using Plumbline.Exposition.Otlp;
using Plumbline.Exposition.Scraping;
using Plumbline.Ingestion;
using Plumbline.Ingestion.Sources;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Review;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining;

namespace Plumbline.Server.Hosting;

/// <summary>
/// Everything that can be configured, bound from the command line and <c>plumbline.yaml</c> before the host is built.
/// Immutable once the host runs: a change of configuration is a restart.
/// </summary>
public sealed record PlumblineOptions : InstanceOptions
{
    /// <summary>API keys and who may do what.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Where the state is kept.</summary>
    public StateOptions State { get; init; } = new();

    /// <summary>When windows are computed.</summary>
    public WindowOptions Windows { get; init; } = new();

    /// <summary>Which parts of Plumbline this process runs. Only <c>all</c> exists now.</summary>
    public string Role { get; init; } = "all";

    /// <summary>The way from HTTP to the spool and on to the engine.</summary>
    public IngestionOptions Ingestion { get; init; } = new();

    /// <summary>Receivers of notifications and how they are told.</summary>
    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>When rules are judged.</summary>
    public AlertingOptions Alerting { get; init; } = new();

    /// <summary>Databases, buckets and folders that outcomes are pulled from.</summary>
    public SourcesOptions Sources { get; init; } = new();

    /// <summary>When slices that are worse than the rest are searched.</summary>
    public ColdSpotOptions ColdSpots { get; init; } = new();

    /// <summary>Where metrics of the machine come from, and what is promised.</summary>
    public MachineOptions System { get; init; } = new();

    /// <summary>How people's answers are taken.</summary>
    public ReviewOptions Review { get; init; } = new();

    /// <summary>Where versions of data sets may be written.</summary>
    public DatasetsOptions Datasets { get; init; } = new();

    /// <summary>How training is asked for.</summary>
    public RetrainingOptions Retraining { get; init; } = new();

    /// <summary>What is given to who scrapes /metrics.</summary>
    public ExpositionOptions Exposition { get; init; } = new();

    /// <summary>Where the server sends what it measures of itself.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The state's file or database; options must be valid.</summary>
    internal StatePlace StatePlace => StatePlace.Of(DataDirectory, State);

    private bool MayKnowSomebody => StatePlace.File is not { } file || File.Exists(file);

    /// <summary>Checks every range. Returns one sentence per violation: which option, which value, which range.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(DataDirectory))
            errors.Add("data_directory: a folder is needed.");
        if (Role != "all")
            errors.Add($"role: '{Role}' is not known; only 'all' exists in this version.");
        errors.AddRange(ListenAddresses.Validate(Urls));
        Engine.Validate(errors);
        Ingestion.Validate(errors);
        Windows.Validate(errors);
        Alerting.Validate(errors);
        Access.Validate(errors);
        State.Validate(errors);
        Delivery.Validate(errors);
        Sources.Validate(errors);
        Review.Validate(errors);
        Datasets.Validate(errors);
        Retraining.Validate(errors);
        System.Validate(errors, Delivery.AllowLinkLocal);
        Exposition.Validate(errors);
        Telemetry.Validate(errors, Delivery.AllowLinkLocal);
        if (PublicUrl is not null && (!PublicUrl.IsAbsoluteUri || PublicUrl.Scheme is not ("http" or "https")))
            errors.Add("public_url: an address that begins with https:// or http:// is needed.");
        // Where there is a state, there may be accounts in it: that is seen when it has been read.
        if (errors.Count == 0 && Access.Keys.Count == 0 && !ListenAddresses.AllLoopback(Urls) && !MayKnowSomebody)
            errors.Add(NobodyKnownException.Tell(Urls));
        return errors;
    }
}
