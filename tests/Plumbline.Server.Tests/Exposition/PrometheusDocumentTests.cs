using System.Globalization;
using System.Text;
using Plumbline.Exposition.Otlp;
using Plumbline.Exposition.Scraping;
using Plumbline.Registry.Text;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.FirstLines;

namespace Plumbline.Server.Tests.Exposition;

/// <summary>docs/prometheus.md: the mapping is the program's, its line works, and its limits are those that hold.</summary>
public sealed class PrometheusDocumentTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "prometheus.md"));

    [Fact]
    public void The_mapping_is_printed_whole()
    {
        var table = new StringBuilder();
        foreach (var metric in ExposedMetric.All)
        {
            var factor = metric.Factor.ToString(CultureInfo.InvariantCulture);
            table.Append(
                CultureInfo.InvariantCulture,
                $"| `{metric.Metric}` | `{metric.Name}` | {(metric.Factor == 1 ? "" : $"× {factor}")} |\n"
            );
        }

        var expected = table.ToString().Replace("|  |", "| |", StringComparison.Ordinal);
        Assert.True(Document.Contains("|---|---|---|\n" + expected + "\n", StringComparison.Ordinal), expected);
        Assert.Distinct(ExposedMetric.All.Select(metric => metric.Name));
    }

    [Fact]
    public void Everything_else_that_is_told_of_models_is_named()
    {
        Assert.All(
            ModelFamilies.All,
            family =>
                Assert.Contains(
                    $"| `{family.Name}{(family.Kind == FamilyKind.Counter ? "_total" : "")}` |",
                    Document,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public async Task The_line_is_answered()
    {
        var line = Document.Split('\n').First(text => text.StartsWith("curl ", StringComparison.Ordinal));
        var said = await ShellLine.RunAsync(line.Replace("localhost:5070", host.Address.Authority, StringComparison.Ordinal), "-sS --fail");
        Assert.Contains("# TYPE plumbline_events_total counter", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_stand_there_with_what_holds()
    {
        var (scraping, telemetry) = (new ExpositionOptions(), new TelemetryOptions());
        string[] rows =
        [
            $"| `exposition.max_series` | 100..5,000,000, {scraping.MaxSeries:N0} |",
            $"| `exposition.max_series_per_model` | 10..1,000,000, {scraping.MaxSeriesPerModel:N0} |",
            $"| `exposition.max_age` | 1h..10y, {DurationText.Format(scraping.MaxAge)} |",
            "| `telemetry.otlp_endpoint` | an address, none |",
            "| `telemetry.otlp_protocol` | `http` or `grpc`, `http` |",
            "| `telemetry.otlp_headers` |",
            $"| `telemetry.otlp_interval` | 1s..1h, {DurationText.Format(telemetry.OtlpInterval)} |",
            $"| `telemetry.otlp_timeout` | 1s..1m, {DurationText.Format(telemetry.OtlpTimeout)} |",
            "| `telemetry.metrics` | true |",
            string.Create(CultureInfo.InvariantCulture, $"| `telemetry.trace_share` | 0..1, {telemetry.TraceShare} |"),
            $"| `telemetry.service_name` | 1..200 characters, `{telemetry.ServiceName}` |",
        ];
        Assert.All(rows, row => Assert.Contains(row, Document, StringComparison.Ordinal));
        List<string> errors = [];
        new ExpositionOptions
        {
            MaxSeries = 1,
            MaxSeriesPerModel = 1,
            MaxAge = TimeSpan.Zero,
        }.Validate(errors);
        new TelemetryOptions
        {
            OtlpEndpoint = new Uri("http://169.254.169.254/"),
            OtlpHeaders = "no value",
            OtlpInterval = TimeSpan.Zero,
            OtlpTimeout = TimeSpan.Zero,
            TraceShare = double.NaN,
            ServiceName = "",
        }.Validate(errors, allowLinkLocal: false);
        Assert.Equal(9, errors.Count);
        Assert.Contains("cloud metadata", errors[3], StringComparison.Ordinal);
    }
}
