using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>The machine had no room left when the model became slow, or before: processor, memory, GPU, or what waits for them.</summary>
internal sealed class Saturation : CauseKind<Saturation.Filling>
{
    /// <summary>Windows before the onset in which filling counts as having led to it.</summary>
    private const int Sooner = 12;

    /// <summary>A share from which on little is left, and by how much it must have risen.</summary>
    private const double Full = 0.85;

    /// <summary>How many times the usual a queue is that is not the usual one.</summary>
    private const double Times = 3;

    private static readonly TimeSpan Before = TimeSpan.FromDays(7);

    /// <summary>A metric of the machine that went up.</summary>
    /// <param name="Change">Its highest value since, and the usual one.</param>
    /// <param name="At">Start of the first window in which there was no room left.</param>
    /// <param name="Onset">When what the incident is about began.</param>
    internal sealed record Filling(StreamChange Change, DateTimeOffset At, DateTimeOffset Onset);

    public override string Key => "saturation";

    public override string Title => "The machine is full";

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var isSystem = search.Alerts.Any(alert => AlertAspects.Of(alert) is MetricAspect.System or MetricAspect.Traffic);
        var since = search.Onset - (Sooner * search.Model.Window);
        var points = await search.Evidence.PointsAsync(
            search.Model,
            new MetricQuery
            {
                Metrics = MachineMetrics.OfSaturation,
                From = search.Onset - Before,
                To = DateTimeOffset.FromUnixTimeMilliseconds(search.Alerts.Max(alert => alert.FiredMs)),
            },
            cancellation
        );
        return
        [
            .. points
                .Where(point => point.Value is not null)
                .GroupBy(point => point.Metric, StringComparer.Ordinal)
                .Select(metric => Filled(metric.Key, [.. metric.OrderBy(point => point.WindowStart)], since, search.Onset))
                .OfType<Filling>()
                .OrderBy(filling => filling.At)
                // Where requests did not suffer, a full machine is beside the point.
                .Select((filling, place) => Found(filling.Change.Key.Metric, (isSystem ? 0.97 : 0.45) - (0.01 * place), filling)),
        ];
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        metric == subject
        || metric
            is SystemMetrics.LatencyP50
                or SystemMetrics.LatencyP95
                or SystemMetrics.LatencyP99
                or SystemMetrics.TimeoutRate
                or SystemMetrics.ErrorRate;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"{Name(cause.Subject)} saturated: {change}";

    private protected override string Words(string subject, Filling filling)
    {
        var (value, usual) = (filling.Change.Value, filling.Change.Expected);
        var unit = KnownMetrics.Of(subject).Unit;
        var when = filling.Onset > filling.At ? $", {Figures.Span(filling.Onset - filling.At)} before it began" : ", when it began";
        return $"{Name(subject)} went to {Figures.Format(value, unit)} (usually {Figures.Format(usual, unit)}) at "
            + $"{filling.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC{when}: saturation explains slow and failed requests.";
    }

    internal override StreamChange? ChangeOf(CauseFacts cause) => EvidenceOf(cause)?.Change;

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.SystemLayer);

    internal override IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) =>
        [
            new(
                $"give the model more room, or less to do: {Name(cause.Subject)} was full before anything else moved",
                Links.With(Links.Model(scene.Model, Links.SystemLayer), scene.Range)
            ),
        ];

    private static Filling? Filled(string metric, IReadOnlyList<MetricPoint> points, DateTimeOffset since, DateTimeOffset onset)
    {
        var calm = points.Where(point => point.WindowStart < since).Select(point => point.Value!.Value).Order().ToList();
        if (calm.Count == 0)
            return null;
        var usual = calm[calm.Count / 2];
        var full = points.Where(point => point.WindowStart >= since && IsFull(metric, point.Value!.Value, usual)).ToList();
        // What filled up after the onset is a consequence, or another matter.
        if (full.Count == 0 || full[0].WindowStart > onset)
            return null;
        var key = new StreamKey("", metric, "", "", "", "");
        return new Filling(new StreamChange(key, full.Max(point => point.Value), usual), full[0].WindowStart, onset);
    }

    private static bool IsFull(string metric, double value, double usual)
    {
        var known = KnownMetrics.Of(metric);
        return known.Unit == "share"
            ? value >= Full && value - usual >= known.Floor.Of(usual)
            : value >= Times * usual && value - usual >= Math.Max(1, known.Floor.Of(usual));
    }

    private static string Name(string metric) => KnownMetrics.Of(metric).Title;
}
