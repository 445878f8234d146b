using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Plumbline.Exposition.Scraping;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition.Otlp;

/// <summary>
/// What the server measures of itself, sent by OTLP: the instruments and spans of its capabilities, its requests, and the runtime.
/// Without an address nothing of this is there.
/// </summary>
internal static class OtlpSetup
{
    private const string Ours = CapabilityInstruments.Prefix + "*";

    public static void AddOtlp(this IServiceCollection services, TelemetryOptions options, bool allowLinkLocal)
    {
        if (options.OtlpEndpoint is null)
            return;
        services.AddSingleton(provider => new OtlpChannel(
            options,
            allowLinkLocal,
            provider.GetRequiredService<ExpositionInstruments>(),
            provider.GetRequiredService<FailureLog>(),
            provider.GetRequiredService<ILogger<OtlpChannel>>()
        ));
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    options.ServiceName,
                    serviceVersion: typeof(OtlpSetup).Assembly.GetName().Version?.ToString(3),
                    serviceInstanceId: Environment.MachineName
                )
            );
        if (options.Metrics)
            AddMetrics(telemetry, options);
        if (options.TraceShare > 0)
            AddTraces(telemetry, options);
    }

    private static void AddMetrics(OpenTelemetryBuilder telemetry, TelemetryOptions options) =>
        telemetry.WithMetrics(metrics =>
            metrics
                .AddMeter(Ours, "Microsoft.AspNetCore.Hosting", "System.Runtime")
                .AddReader(provider =>
                {
                    var exporter = new OtlpMetricExporter(Options(provider, options, "v1/metrics"));
                    return new PeriodicExportingMetricReader(
                        exporter,
                        (int)options.OtlpInterval.TotalMilliseconds,
                        (int)options.OtlpTimeout.TotalMilliseconds
                    );
                })
        );

    private static void AddTraces(OpenTelemetryBuilder telemetry, TelemetryOptions options) =>
        telemetry.WithTracing(traces =>
            traces
                .AddSource(Ours)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = IsWorthATrace)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
                .AddProcessor(provider => new BatchActivityExportProcessor(
                    new OtlpTraceExporter(Options(provider, options, "v1/traces")),
                    exporterTimeoutMilliseconds: (int)options.OtlpTimeout.TotalMilliseconds
                ))
        );

    // What asks all the time whether all is well says nothing, and a page's connection stays open for hours.
    private static bool IsWorthATrace(HttpContext http) =>
        http.Request.Path.Value is not ("/healthz" or "/readyz" or "/metrics")
        && !http.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);

    private static OtlpExporterOptions Options(IServiceProvider provider, TelemetryOptions options, string path)
    {
        var channel = provider.GetRequiredService<OtlpChannel>();
        var address = options.OtlpEndpoint!;
        if (options.OtlpProtocol == OtlpTransport.Http)
            address = new Uri(address.AbsoluteUri.TrimEnd('/') + "/" + path);
        return new OtlpExporterOptions
        {
            Endpoint = address,
            Protocol = options.OtlpProtocol == OtlpTransport.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
            TimeoutMilliseconds = (int)options.OtlpTimeout.TotalMilliseconds,
            HttpClientFactory = channel.Client,
        };
    }
}
