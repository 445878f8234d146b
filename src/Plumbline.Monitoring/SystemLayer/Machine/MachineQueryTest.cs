using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>What a query would give.</summary>
/// <param name="Prometheus">Who was asked.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="Warning">What the Prometheus warned of.</param>
/// <param name="Series">Its series with their newest value.</param>
/// <param name="Points">The points of the newest windows, ascending.</param>
public sealed record MachineQueryTrial(
    string Prometheus,
    string? Problem,
    string? Warning,
    IReadOnlyList<(string Labels, int Samples, double? Newest)> Series,
    IReadOnlyList<MetricPoint> Points
);

/// <summary>Asks a query once, and stores nothing.</summary>
public sealed class MachineQueryTest
{
    private const int Windows = 3;
    private readonly PrometheusClient _client;
    private readonly MachineOptions _options;
    private readonly TimeProvider _time;

    internal MachineQueryTest(PrometheusClient client, MachineOptions options, TimeProvider time) =>
        (_client, _options, _time) = (client, options, time);

    /// <summary>Asks for the newest windows, the open one among them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metric">The metric that it is to give.</param>
    /// <param name="query">The query; its connection must be there.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<MachineQueryTrial> AskAsync(ModelDefinition model, string metric, MachineQuery query, CancellationToken cancellation)
    {
        var connection = _options.Find(query.Prometheus)!;
        var now = _time.GetUtcNow();
        var step = MachineWindows.StepOf(model);
        var oldest = model.WindowStart(now) - ((Windows - 1) * model.Window);
        // Counted back from now, so that what a new exporter has given for seconds only is seen.
        var from = now - (step * Math.Floor((now - oldest) / step));
        var answer = await _client.QueryRangeAsync(connection, query.For(model), (from, now), step, cancellation);
        var points = MachineWindows.Of(model, metric, query.Across, answer.Series);
        var problem = answer.Problem ?? (points.Count == 0 ? "the query gives no numbers now: is its selector right?" : null);
        return new(
            connection.Name,
            problem,
            answer.Warning,
            [
                .. answer.Series.Select(series =>
                    (series.Labels, series.Samples.Count, series.Samples.Count > 0 ? series.Samples[^1].Value : (double?)null)
                ),
            ],
            points
        );
    }
}
