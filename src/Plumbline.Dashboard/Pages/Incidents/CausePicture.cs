using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Health;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;
using Plumbline.Dashboard.Metrics;
using Plumbline.Monitoring.Drift;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>A likely cause with the series that shows it.</summary>
/// <param name="Cause">What was found.</param>
/// <param name="Evidence">The alert on which it rests most.</param>
/// <param name="Title">What the picture shows.</param>
/// <param name="Series">The lines; empty when no points are kept any more.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Thresholds">Levels to compare with.</param>
public sealed record CausePicture(
    IncidentCause Cause,
    Alert? Evidence,
    string Title,
    IReadOnlyList<ChartSeries> Series,
    string Unit,
    IReadOnlyList<ChartThreshold> Thresholds
)
{
    /// <summary>Releases show in the shares of the versions, everything else in the series of its alert.</summary>
    private const string Requests = SystemMetrics.Requests;

    /// <summary>Versions in one picture: more would be a tangle.</summary>
    private const int MostVersions = 4;

    /// <summary>The alert that tells most about a cause: the largest change among those that show it.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="kind">Its kind; null where none is known.</param>
    /// <param name="alerts">Alerts of the incident.</param>
    public static Alert? EvidenceOf(IncidentCause cause, CauseKind? kind, IReadOnlyList<Alert> alerts)
    {
        if (kind is null or { ShownByVersion: true })
            return SurestOf(alerts);
        return alerts
            .Where(alert => kind.IsShownBy(cause.Subject, alert.Metric, alert.Feature, alert.Segment))
            .OrderBy(alert => !PerformanceMetrics.Contains(alert.Metric))
            .ThenByDescending(alert => alert.Evidence.Effect ?? 0)
            .FirstOrDefault();
    }

    /// <summary>What moved most surely; distances last, because they do not say which way.</summary>
    public static Alert? SurestOf(IReadOnlyList<Alert> alerts) =>
        alerts
            .OrderBy(alert => DriftMetrics.Contains(alert.Metric))
            .ThenBy(alert => alert.Evidence.PValue ?? 1)
            .ThenByDescending(alert => alert.Evidence.Effect ?? 0)
            .FirstOrDefault();

    /// <summary>A stream on which a cause rests although no rule watches it: as if it had fired with the incident.</summary>
    private static Alert? StreamOf(IncidentCause cause, IReadOnlyList<Alert> alerts, ModelCatalog models)
    {
        if (cause.Change is not { Key: var key } change || alerts.Count == 0 || models.Find(alerts[0].Model) is not { } model)
            return null;
        var window = CoarseWindows.OfScope(model.Window, key.Segment);
        return alerts[0] with
        {
            Metric = key.Metric,
            Feature = key.Feature,
            Class = null,
            Segment = key.Segment.Length > 0 ? key.Segment : null,
            Version = null,
            Evidence = alerts[0].Evidence with
            {
                Value = change.Value,
                Expected = change.Expected,
                Lower = null,
                Upper = null,
                PValue = null,
                WindowSeconds = (int)window.TotalSeconds,
            },
        };
    }

    /// <summary>Reads the picture of a cause over a stretch of time.</summary>
    public static async Task<CausePicture> ReadAsync(
        IncidentCause cause,
        CauseKind? kind,
        IReadOnlyList<Alert> alerts,
        ModelCatalog models,
        MetricReader reader,
        (DateTimeOffset From, DateTimeOffset To) range,
        CancellationToken cancellation
    )
    {
        var evidence = EvidenceOf(cause, kind, alerts) ?? StreamOf(cause, alerts, models);
        if (evidence is null || models.Find(evidence.Model) is not { } model)
            return new CausePicture(cause, evidence, "", [], "", []);
        return kind is { ShownByVersion: true }
            ? await ReleaseAsync(cause, evidence, model, reader, range, cancellation)
            : await SeriesAsync(cause, evidence, model, reader, range, cancellation);
    }

    /// <summary>The series of one alert, with what was normal beside it.</summary>
    public static async Task<CausePicture> SeriesAsync(
        IncidentCause cause,
        Alert evidence,
        ModelDefinition model,
        MetricReader reader,
        (DateTimeOffset From, DateTimeOffset To) range,
        CancellationToken cancellation
    )
    {
        var window = TimeSpan.FromSeconds(evidence.Evidence.WindowSeconds);
        var query = new MetricQuery
        {
            Metrics = [evidence.Metric],
            Features = [evidence.Feature ?? ""],
            Segment = evidence.Segment ?? "",
            Version = evidence.Version ?? "",
            From = window > model.Window ? CoarseWindows.Holding(range.From, window).Start : range.From,
            To = range.To,
            Window = window,
        };
        var points = await reader.ReadAsync(model, query, cancellation);
        var unit = KnownMetrics.Of(evidence.Metric).KnownUnit;
        var name = KnownMetrics.Of(evidence.Metric).Title;
        var scope = IncidentWords.Scope(evidence);
        var title = scope.Length > 0 ? $"{name}: {scope}" : name;
        var line = PointSeries.Of(points, evidence.Metric, name, feature: evidence.Feature ?? "", @class: evidence.Class ?? "");
        if (line.Points.Count == 0)
            return new CausePicture(cause, evidence, title, [], unit, []);
        List<ChartSeries> series = [line];
        if (evidence.Evidence.Expected is { } expected)
            series.Add(Level(expected, $"expected {Figures.Format(expected, unit)}", line));
        IReadOnlyList<ChartThreshold> thresholds =
            evidence.Metric == CalibratedDriftMetrics.Calibrated
                ? [new(KnownMetrics.Of(evidence.Metric).Floor.Size, "large enough to matter")]
                : [];
        return new CausePicture(cause, evidence, title, series, unit, thresholds);
    }

    private static async Task<CausePicture> ReleaseAsync(
        IncidentCause cause,
        Alert evidence,
        ModelDefinition model,
        MetricReader reader,
        (DateTimeOffset From, DateTimeOffset To) range,
        CancellationToken cancellation
    )
    {
        // What got worse, by version: the new one beside those that it came after.
        var metric = DriftMetrics.Contains(evidence.Metric) ? Requests : evidence.Metric;
        var points = await reader.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [metric],
                Features = [metric == Requests ? "" : evidence.Feature ?? ""],
                Version = null,
                From = range.From,
                To = range.To,
            },
            cancellation
        );
        var versions = points
            .Where(point => point.Version.Length > 0 && point.Class == (evidence.Class ?? ""))
            .GroupBy(point => point.Version, StringComparer.Ordinal)
            .OrderByDescending(group => group.Sum(point => point.N))
            .Take(MostVersions)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (versions.Count == 0)
            return await SeriesAsync(cause, evidence, model, reader, range, cancellation);
        var lines = versions
            .Select(
                (version, place) =>
                    PointSeries.Of(
                        version,
                        metric,
                        $"version {version.Key}",
                        Palette.At(place),
                        evidence.Feature ?? "",
                        evidence.Class ?? "",
                        dashed: version.Key != cause.Subject
                    )
            )
            .ToList();
        return new CausePicture(
            cause,
            evidence,
            $"{KnownMetrics.Of(metric).Title} by version",
            lines,
            KnownMetrics.Of(metric).KnownUnit,
            []
        );
    }

    /// <summary>A level as a line, so that the table beside the picture holds it too.</summary>
    private static ChartSeries Level(double value, string name, ChartSeries beside) =>
        new(
            name,
            [.. beside.Points.Select(point => point with { Value = value, Lower = null, Upper = null, State = PointState.Ok })],
            "--chart-reference-line",
            Dashed: true
        );
}
