using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.SystemLayer;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Alerting.Health;

/// <summary>
/// Reads the main numbers of models, for one or for all at once: a handful of statements however many models there are. Days count back
/// from each model's own newest day, so that an import of years ago is told like live traffic.
/// </summary>
public sealed class HealthFactsReader(IColumnStore store, ModelCatalog models)
{
    private static readonly string[] DayMetrics =
    [
        SystemMetrics.Requests,
        SystemMetrics.ErrorRate,
        OutputMetrics.TopShare,
        PerformanceMetrics.Accuracy,
        PerformanceMetrics.Mae,
        PerformanceMetrics.LabelCoverage,
        PopulationStabilityIndex.Name,
    ];

    /// <summary>Days in which a number that waits for ground truth is looked for.</summary>
    private const int DaysBack = 14;

    /// <summary>Each model's newest day; the statements below join it. The placeholder {model} is 0 for all models.</summary>
    private const string Newest = """
        (SELECT model_id, max(window_start) AS newest FROM metric_points
         WHERE window_seconds = 86400 AND metric = 'system.requests' AND segment = '' AND version = ''
             AND ({model:UInt32} = 0 OR model_id = {model:UInt32})
         GROUP BY model_id) AS days
        """;

    private const string AllRows = "segment = '' AND version = '' AND ({model:UInt32} = 0 OR model_id = {model:UInt32})";

    /// <summary>Facts by model number; a model without computed windows is not in it.</summary>
    public async Task<IReadOnlyDictionary<int, HealthFacts>> ReadAsync(ModelDefinition? model, CancellationToken cancellation)
    {
        var which = new SqlParameter("model", model?.Id ?? 0);
        var days = ReadDaysAsync(which, cancellation);
        var drift = ReadDriftAsync(which, cancellation);
        var traffic = ReadTrafficAsync(which, cancellation);
        var versions = ReadVersionsAsync(which, cancellation);
        await Task.WhenAll(days, drift, traffic, versions);
        var facts = new Dictionary<int, HealthFacts>();
        foreach (var id in (await days).Select(group => group.Key).Union((await traffic).Keys))
        {
            var ofModel = (await days)[id].ToList();
            var flow = (await traffic).GetValueOrDefault(id);
            facts[id] = new HealthFacts
            {
                ModelId = id,
                Days = ofModel,
                Drift = (await drift).GetValueOrDefault(id),
                Traffic = flow?.Hours ?? [],
                LastWindowEnd = flow?.End,
                RequestsOfDay = ofModel.LastOrDefault(point => point.Metric == SystemMetrics.Requests)?.Value ?? 0,
                Versions = [.. (await versions)[id].OrderByDescending(version => version.Requests)],
            };
        }
        return facts;
    }

    private async Task<ILookup<int, MetricPoint>> ReadDaysAsync(SqlParameter which, CancellationToken cancellation)
    {
        var text = $$"""
            SELECT model_id, metric, feature, window_start, window_end, value, lower, upper, n, status
            FROM metric_points AS points FINAL INNER JOIN {{Newest}} USING (model_id)
            WHERE {{AllRows}} AND window_seconds = 86400 AND metric IN {metrics:Array(String)} AND class = ''
                AND feature IN ('', '@prediction', '@score')
              AND window_start > newest - INTERVAL {days:UInt32} DAY
            ORDER BY model_id, window_start
            """;
        var points = new List<(int Model, MetricPoint Point)>();
        using var rows = await store.QueryAsync(
            new SqlStatement(text, which, new("metrics", DayMetrics), new("days", DaysBack)),
            cancellation
        );
        while (rows.Read())
        {
            var id = (int)rows.ReadUInt32();
            points.Add(
                (
                    id,
                    new MetricPoint
                    {
                        Metric = rows.ReadString(),
                        Feature = rows.ReadString(),
                        WindowStart = rows.ReadDateTime(),
                        WindowEnd = rows.ReadDateTime(),
                        Value = rows.ReadNullableDouble(),
                        Lower = rows.ReadNullableDouble(),
                        Upper = rows.ReadNullableDouble(),
                        N = (long)rows.ReadUInt64(),
                        Status = (MetricStatus)rows.ReadByte(),
                    }
                )
            );
        }
        return points.ToLookup(row => row.Model, row => row.Point);
    }

    private async Task<Dictionary<int, LargestDrift>> ReadDriftAsync(SqlParameter which, CancellationToken cancellation)
    {
        var text = $$"""
            SELECT model_id, feature, assumeNotNull(value) AS psi, n
            FROM metric_points AS points FINAL INNER JOIN {{Newest}} USING (model_id)
            WHERE {{AllRows}} AND window_seconds = 86400 AND metric = {metric:String} AND NOT startsWith(feature, '@') AND feature != ''
              AND n >= {rows:UInt64} AND value IS NOT NULL AND window_start >= newest - INTERVAL 1 DAY
            ORDER BY model_id, window_start DESC, value DESC LIMIT 1 BY model_id
            """;
        var largest = new Dictionary<int, LargestDrift>();
        using var rows = await store.QueryAsync(
            new SqlStatement(text, which, new("metric", PopulationStabilityIndex.Name), new("rows", HealthFacts.EnoughRows)),
            cancellation
        );
        while (rows.Read())
            largest[(int)rows.ReadUInt32()] = new LargestDrift(rows.ReadString(), rows.ReadDouble(), (long)rows.ReadUInt64());
        return largest;
    }

    private async Task<Dictionary<int, Flow>> ReadTrafficAsync(SqlParameter which, CancellationToken cancellation)
    {
        // Base windows only: a model's own length is known here, and longer ones would count every request twice.
        var text = $$"""
            SELECT model_id, window_seconds, toStartOfHour(window_start) AS hour, sum(assumeNotNull(value)) AS requests,
                max(window_end) AS until
            FROM metric_points AS points FINAL INNER JOIN {{Newest}} USING (model_id)
            WHERE {{AllRows}} AND window_seconds IN {lengths:Array(UInt32)} AND metric = 'system.requests' AND value IS NOT NULL
                AND window_start >= newest - INTERVAL 1 DAY
            GROUP BY model_id, window_seconds, hour ORDER BY model_id, hour
            """;
        var lengths = models.All.Select(model => (int)model.Window.TotalSeconds).Distinct().ToArray();
        var flows = new Dictionary<int, Flow>();
        using var rows = await store.QueryAsync(new SqlStatement(text, which, new("lengths", lengths)), cancellation);
        while (rows.Read())
        {
            var id = (int)rows.ReadUInt32();
            var seconds = rows.ReadUInt32();
            _ = rows.ReadDateTime();
            var (requests, until) = (rows.ReadDouble(), rows.ReadDateTime());
            if (models.Find(id) is not { } model || seconds != (uint)model.Window.TotalSeconds)
                continue;
            if (!flows.TryGetValue(id, out var flow))
                flows[id] = flow = new Flow();
            flow.Hours.Add(requests);
            flow.End = until > flow.End ? until : flow.End;
        }
        return flows;
    }

    private async Task<ILookup<int, (string Version, double Requests)>> ReadVersionsAsync(
        SqlParameter which,
        CancellationToken cancellation
    )
    {
        var text = $$"""
            SELECT model_id, of_version, assumeNotNull(value) AS requests
            FROM
            (
                SELECT model_id, {{PointVersions.Each}} AS of_version, value
                FROM metric_points AS points INNER JOIN {{Newest}} USING (model_id)
                WHERE ({model:UInt32} = 0 OR model_id = {model:UInt32}) AND segment = '' AND metric = 'system.requests'
                    AND window_seconds = 86400 AND window_start = newest
                ORDER BY model_id, of_version, computed_at DESC LIMIT 1 BY model_id, of_version
            )
            WHERE of_version != '' AND value > 0
            """;
        var versions = new List<(int Model, (string, double) Version)>();
        using var rows = await store.QueryAsync(new SqlStatement(text, which), cancellation);
        while (rows.Read())
            versions.Add(((int)rows.ReadUInt32(), (rows.ReadString(), rows.ReadDouble())));
        return versions.ToLookup(row => row.Model, row => row.Version);
    }

    private sealed class Flow
    {
        public List<double> Hours { get; } = [];

        public DateTimeOffset End { get; set; }
    }
}
