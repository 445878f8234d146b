using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Something of a model that could not be computed, and why.</summary>
/// <param name="Model">The model.</param>
/// <param name="What">The metric, or "the window" for one that was set aside.</param>
/// <param name="Feature">The feature; empty when the cause is not one of a feature.</param>
/// <param name="Cause">In words.</param>
/// <param name="Windows">How many windows it concerns.</param>
/// <param name="Last">Start of the newest of them.</param>
public sealed record NotComputed(string Model, string What, string Feature, string Cause, long Windows, DateTimeOffset Last);

/// <summary>Finds what could not be computed: points with a fault among the newest days, and windows that were set aside.</summary>
public sealed class NotComputedReader(IColumnStore store, WindowLedger ledger, ModelCatalog models, TimeProvider time)
{
    /// <summary>How far back points are looked at.</summary>
    public static readonly TimeSpan Range = TimeSpan.FromDays(7);

    /// <summary>Lines of one answer: enough to see the kind, few enough to read.</summary>
    public const int Limit = 50;

    /// <summary>Of one model, or of all; those that concern most windows first.</summary>
    public async Task<IReadOnlyList<NotComputed>> ReadAsync(ModelDefinition? model, CancellationToken cancellation)
    {
        var found = new List<NotComputed>();
        foreach (var group in (await ledger.SetAsideAsync(model?.Id, 1000, cancellation)).GroupBy(window => (window.ModelId, window.Error)))
        {
            if (models.Find(group.Key.ModelId) is { } owner)
                found.Add(new NotComputed(owner.Name, "the window", "", group.Key.Error, group.Count(), group.Max(window => window.Start)));
        }

        await ReadPointsAsync(model, found, cancellation);
        return [.. found.OrderByDescending(one => one.Windows).ThenBy(one => one.Feature, StringComparer.Ordinal).Take(Limit)];
    }

    private async Task ReadPointsAsync(ModelDefinition? model, List<NotComputed> found, CancellationToken cancellation)
    {
        // Replaced points are told from newer ones by the same key: the newest of each decides.
        const string Text = $$"""
            SELECT model_id, metric, feature, reason, uniqExact(window_start) AS windows, max(window_start) AS last
            FROM
            (
                SELECT model_id, metric, feature, reason, window_start, {{PointVersions.Each}} AS of_version FROM metric_points
                WHERE (model_id = {model:UInt32} OR {all:UInt8} = 1) AND window_start >= {from:DateTime('UTC')}
                ORDER BY model_id, window_seconds, metric, segment, of_version, feature, class, window_start, computed_at DESC
                LIMIT 1 BY model_id, window_seconds, metric, segment, of_version, feature, class, window_start
            )
            WHERE startsWith(reason, {failed:String}) OR startsWith(reason, {overflow:String})
            GROUP BY model_id, metric, feature, reason ORDER BY windows DESC LIMIT {limit:UInt32}
            """;
        if (!await AnyAsync(model, cancellation))
            return;
        using var rows = await store.QueryAsync(new SqlStatement(Text, Parameters(model)), cancellation);
        while (rows.Read())
        {
            var (id, metric, feature, reason) = ((int)rows.ReadUInt32(), rows.ReadString(), rows.ReadString(), rows.ReadString());
            var (windows, last) = ((long)rows.ReadUInt64(), rows.ReadDateTime());
            if (models.Find(id) is { } owner)
                found.Add(new NotComputed(owner.Name, metric, feature, reason, windows, last));
        }
    }

    // Nearly always there is none, and looking at one column says so at once.
    private async Task<bool> AnyAsync(ModelDefinition? model, CancellationToken cancellation)
    {
        const string Text = """
            SELECT count() FROM metric_points
            WHERE (model_id = {model:UInt32} OR {all:UInt8} = 1) AND window_start >= {from:DateTime('UTC')}
                AND (startsWith(reason, {failed:String}) OR startsWith(reason, {overflow:String}))
            """;
        using var rows = await store.QueryAsync(new SqlStatement(Text, Parameters(model)), cancellation);
        return rows.Read() && rows.ReadUInt64() > 0;
    }

    private SqlParameter[] Parameters(ModelDefinition? model)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() - Range).ToUnixTimeSeconds());
        return
        [
            new("model", model?.Id ?? 0),
            new("all", model is null ? 1 : 0),
            new("from", from),
            new("failed", Fault.Beginnings[0]),
            new("overflow", Fault.Beginnings[1]),
            new("limit", Limit),
        ];
    }
}
