using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Alerting.Health;

/// <summary>What the head of a model's page says, whatever the chosen range.</summary>
public sealed record ModelOverview
{
    public required ModelDefinition Model { get; init; }

    public HealthFacts? Facts { get; init; }

    public required IReadOnlyList<LayerHealth> Layers { get; init; }

    /// <summary>Streams that fire now.</summary>
    public required IReadOnlyList<FiringAlert> Firing { get; init; }

    /// <summary>Start of the first and end of the last computed window; null before any.</summary>
    public DateTimeOffset? First { get; init; }

    public DateTimeOffset? Last { get; init; }

    /// <summary>Each version with the start of its first window, oldest first.</summary>
    public IReadOnlyList<(string Version, DateTimeOffset At)> Releases { get; init; } = [];

    /// <summary>Segments that have points, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    public required WindowBacklog Backlog { get; init; }

    /// <summary>What could not be computed in the newest days, and why.</summary>
    public required IReadOnlyList<NotComputed> NotComputed { get; init; }

    public Baseline? Baseline { get; init; }
}

/// <summary>Reads the overview of one model.</summary>
public sealed class ModelOverviewReader(
    IColumnStore store,
    HealthFactsReader facts,
    RuleFindingsReader findings,
    WindowLedger ledger,
    BaselineCatalog baselines,
    NotComputedReader notComputed
)
{
    /// <summary>More segments than a chooser can show.</summary>
    private const int MostSegments = 200;

    public async Task<ModelOverview> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var health = facts.ReadAsync(model, cancellation);
        var found = findings.ReadAsync(model, cancellation);
        var versions = ReadVersionsAsync(model, cancellation);
        var segments = SegmentsAsync(model, cancellation);
        var backlog = ledger.BacklogAsync(model, cancellation);
        var missing = notComputed.ReadAsync(model, cancellation);
        await Task.WhenAll(health, found, versions, segments, backlog);
        var known = (await health).GetValueOrDefault(model.Id);
        var rules = (await found).GetValueOrDefault(model.Id) ?? RuleFindings.Nothing;
        var all = (await versions).Find(row => row.Version.Length == 0);
        return new ModelOverview
        {
            Model = model,
            Facts = known,
            Layers = LayerStates.Of(known, rules),
            Firing = rules.Firing,
            First = all.Version is null ? null : all.First,
            Last = all.Version is null ? null : all.Last,
            Releases =
            [
                .. (await versions)
                    .Where(row => row.Version.Length > 0 && row.Version != VersionPlaces.Other)
                    .OrderBy(row => row.First)
                    .Select(row => (row.Version, row.First)),
            ],
            Segments = await segments,
            Backlog = await backlog,
            NotComputed = await missing,
            Baseline = baselines.Find(model),
        };
    }

    private async Task<List<(string Version, DateTimeOffset First, DateTimeOffset Last)>> ReadVersionsAsync(
        ModelDefinition model,
        CancellationToken cancellation
    )
    {
        const string text = $$"""
            SELECT {{PointVersions.Each}} AS of_version, min(window_start) AS first, max(window_end) AS last FROM metric_points
            WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric = 'system.requests' AND segment = ''
                AND value > 0
            GROUP BY of_version ORDER BY first
            """;
        var versions = new List<(string, DateTimeOffset, DateTimeOffset)>();
        using var rows = await store.QueryAsync(
            new SqlStatement(text, new("model", model.Id), new("seconds", (int)model.Window.TotalSeconds)),
            cancellation
        );
        while (rows.Read())
            versions.Add((rows.ReadString(), rows.ReadDateTime(), rows.ReadDateTime()));
        return versions;
    }

    /// <summary>Whether a window that was computed has rows of a segment (<c>key=value</c>).</summary>
    public async Task<bool> HasSegmentAsync(ModelDefinition model, string segment, CancellationToken cancellation)
    {
        const string text = """
            SELECT 1 FROM metric_points
            WHERE model_id = {model:UInt32} AND metric = 'system.requests' AND segment = {segment:String} LIMIT 1
            """;
        using var rows = await store.QueryAsync(new SqlStatement(text, new("model", model.Id), new("segment", segment)), cancellation);
        return rows.Read();
    }

    /// <summary>Segments that have points, as <c>key=value</c>: at most 200, those of most rows, in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> SegmentsAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (model.SegmentKeys.IsEmpty)
            return [];
        const string text = """
            SELECT segment FROM metric_points
            WHERE model_id = {model:UInt32} AND window_seconds = {seconds:UInt32} AND metric = 'system.requests' AND segment != ''
                AND version = ''
            GROUP BY segment ORDER BY sum(n) DESC LIMIT {most:UInt32}
            """;
        var segments = new List<string>();
        using var rows = await store.QueryAsync(
            new SqlStatement(text, new("model", model.Id), new("seconds", (int)model.Window.TotalSeconds), new("most", MostSegments)),
            cancellation
        );
        while (rows.Read())
            segments.Add(rows.ReadString());
        segments.Sort(StringComparer.Ordinal);
        return segments;
    }
}
