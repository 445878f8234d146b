using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// Computes profiles from predictions inside the engine, keeps them, and reads them back. Stored are base windows, each version
/// and segment apart; what is coarser is a sum of those.
/// </summary>
public sealed class ProfileStore(
    IColumnStore store,
    ModelTables tables,
    ModelCatalog catalog,
    IBaselines baselines,
    SegmentValues segmentValues,
    GenerationClock clock
)
{
    /// <summary>
    /// Features in one statement: the engine's analysis takes 2.5 ms of processor time per feature at 100, 4.5 ms at 400.
    /// </summary>
    private const int MaxFeaturesPerStatement = 100;

    /// <summary>Profiles that one statement makes; each takes about 1 KB in each of the engine's threads until it is written.</summary>
    private const int MaxProfilesPerStatement = 100_000;

    /// <summary>Windows farther apart than this many windows are read in statements of their own.</summary>
    private const int LongestGap = 8;

    /// <summary>Computes the profiles of base windows and stores them. Computing a window again replaces what was stored of it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windowStarts">Starts of base windows of the model, in any order; they need not be closed.</param>
    /// <param name="ct">Stops between two statements.</param>
    public async Task ComputeAsync(ModelDefinition model, IReadOnlyList<DateTimeOffset> windowStarts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (windowStarts.Count == 0)
            return;
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], ct);
        var baseline = baselines.Find(model);
        var features = ProfiledFeature.Of(model);
        var computedAt = await clock.NextAsync(ct);
        foreach (var batch in Batches(model, windowStarts))
        {
            var (from, to) = (batch[0], batch[^1] + model.Window);
            var segments = await segmentValues.LearnAsync(model, from, to, ct);
            var scopes =
                Math.Max(1, catalog.Versions(model.Id).Length)
                * (
                    1
                    + segments.Sum(segment => segment.Values.Count + 2)
                    + Crosses(model, segments)
                        .Sum(cross => (segments[cross.First].Values.Count + 2) * (segments[cross.Second].Values.Count + 2))
                );
            var perStatement = Math.Clamp(MaxProfilesPerStatement / (scopes * batch.Count), 20, MaxFeaturesPerStatement);
            var windowsAtOnce = Math.Max(1, MaxProfilesPerStatement / (scopes * Math.Min(perStatement, features.Count)));
            foreach (var windows in batch.Chunk(windowsAtOnce))
            {
                foreach (var chunk in features.Chunk(perStatement))
                    await store.ExecuteAsync(Statement(model, baseline, chunk, windows, segments).Insert(model.Id, computedAt), ct);
            }
        }
    }

    /// <summary>Deletes a model's profiles of windows that began before a time.</summary>
    public Task<ExpiredRows> DeleteBeforeAsync(int modelId, DateTimeOffset before, CancellationToken ct) =>
        SharedRows.DeleteBeforeAsync(store, "profiles", modelId, "window_start < {before:DateTime('UTC')}", before, ct);

    /// <summary>
    /// Takes the profiles of some windows that are older than a generation out of every reading, by empty ones in their place: their rows
    /// have become those of other groups.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="windowStarts">Starts of base windows.</param>
    /// <param name="before">The generation from which on profiles are of the new rows.</param>
    /// <param name="ct">Stops it.</param>
    public async Task RetireAsync(
        ModelDefinition model,
        IReadOnlyCollection<DateTimeOffset> windowStarts,
        DateTimeOffset before,
        CancellationToken ct
    )
    {
        const string Key = "model_id, window_start, version, segment_key, segment_value, feature, baseline";
        const string Text = $$"""
            INSERT INTO profiles ({{Key}}, window_end, minimum, maximum, computed_at)
            SELECT {{Key}}, max(window_end), nan, nan, {generation:DateTime64(3, 'UTC')}
            FROM profiles
            WHERE model_id = {model:UInt32} AND window_start >= {from:DateTime('UTC')} AND window_start <= {to:DateTime('UTC')}
                AND has({windows:Array(UInt32)}, toUnixTimestamp(window_start))
            GROUP BY {{Key}} HAVING max(profiles.computed_at) < {before:DateTime64(3, 'UTC')}
                AND argMax(profiles.rows, profiles.computed_at) > 0
            """;
        await store.ExecuteAsync(
            new SqlStatement(
                Text,
                new("generation", await clock.NextAsync(ct)),
                new("model", model.Id),
                new("from", windowStarts.Min()),
                new("to", windowStarts.Max()),
                new("windows", windowStarts.Select(start => start.ToUnixTimeSeconds())),
                new("before", before)
            ),
            ct
        );
    }

    /// <summary>
    /// Stored profiles of the base windows that start in [from, to), each window, version and segment apart, ordered by window.
    /// </summary>
    public Task<IReadOnlyList<FeatureProfile>> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        ProfileQuery query,
        CancellationToken ct
    ) => ReadStoredAsync(model, from, to, query, merged: false, ct);

    /// <summary>The same, summed over the windows: one profile per version, segment and feature that covers [from, to).</summary>
    public async Task<IReadOnlyList<FeatureProfile>> ReadMergedAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        ProfileQuery query,
        CancellationToken ct
    )
    {
        var rows = await ReadStoredAsync(model, from, to, query, merged: true, ct);
        return [.. rows.Select(row => row with { WindowStart = from, WindowEnd = to })];
    }

    /// <summary>Profiles of the predictions in [from, to) as one window, from the events as they are now; nothing is stored.</summary>
    public async Task<IReadOnlyList<FeatureProfile>> ComputeLiveAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], ct);
        var segments = await segmentValues.LearnAsync(model, from, to, ct);
        var baseline = baselines.Find(model);
        var profiles = new List<FeatureProfile>();
        foreach (var chunk in ProfiledFeature.Of(model).Chunk(MaxFeaturesPerStatement))
        {
            var statement = Statement(model, baseline, chunk, [from], segments) with
            {
                WindowSeconds = Seconds(from),
                WindowLength = (long)(to - from).TotalSeconds,
                Where = "role = 'primary' AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}",
                Parameters = [new("from", from), new("to", to), .. VersionTexts.Parameters(model)],
            };
            using var rows = await store.QueryAsync(statement.Select(), ct);
            ProfileRows.Read(rows, profiles);
        }
        return profiles;
    }

    private static ProfileStatement Statement(
        ModelDefinition model,
        Baseline? baseline,
        IEnumerable<ProfiledFeature> features,
        IReadOnlyList<DateTimeOffset> windows,
        IReadOnlyList<SegmentColumn> segments
    )
    {
        var referenceTable = baseline is null ? null : ModelTables.Reference(model.Id, baseline.Generation);
        var length = (long)model.Window.TotalSeconds;
        var window = string.Create(CultureInfo.InvariantCulture, $"toUInt32(intDiv(toUnixTimestamp(timestamp), {length}) * {length})");
        return new ProfileStatement
        {
            Table = ModelTables.Predictions(model.Id),
            // The range lets the engine skip parts; the list leaves out the windows between that did not change.
            Where =
                $"role = 'primary' AND timestamp >= {{from:DateTime64(3, 'UTC')}} AND timestamp < {{to:DateTime64(3, "
                + $"'UTC')}} AND has({{windows:Array(UInt32)}}, {window})",
            WindowSeconds = window,
            WindowLength = length,
            Version = VersionTexts.Expression(model),
            Columns = [.. features.Select((feature, i) => feature.ToColumn(i, feature.Bins(baseline), referenceTable))],
            Segments = segments,
            Crosses = Crosses(model, segments),
            Parameters =
            [
                new("from", windows[0]),
                new("to", windows[^1] + model.Window),
                new("windows", windows.Select(start => start.ToUnixTimeSeconds())),
                .. VersionTexts.Parameters(model),
            ],
        };
    }

    /// <summary>The model's crosses by place, of those dimensions that can be computed.</summary>
    private static List<(int First, int Second)> Crosses(ModelDefinition model, IReadOnlyList<SegmentColumn> segments)
    {
        var places = segments
            .Select((segment, place) => (segment.Key, segment.OnlyValues, place))
            .Where(segment => !segment.OnlyValues)
            .ToDictionary(pair => pair.Key, pair => pair.place, StringComparer.Ordinal);
        return
        [
            .. model
                .Crosses.Where(cross => places.ContainsKey(cross.First) && places.ContainsKey(cross.Second))
                .Select(cross => (places[cross.First], places[cross.Second])),
        ];
    }

    private static IEnumerable<List<DateTimeOffset>> Batches(ModelDefinition model, IEnumerable<DateTimeOffset> windowStarts)
    {
        List<DateTimeOffset>? batch = null;
        foreach (var start in windowStarts.Distinct().Order())
        {
            if (batch is not null && start - batch[^1] > LongestGap * model.Window)
            {
                yield return batch;
                batch = null;
            }
            (batch ??= []).Add(start);
        }
        if (batch is not null)
            yield return batch;
    }

    private async Task<IReadOnlyList<FeatureProfile>> ReadStoredAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        ProfileQuery query,
        bool merged,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        var baseline = baselines.Find(model);
        var where =
            "model_id = {model:UInt32} AND baseline IN (0, {baseline:UInt32}) AND window_start >= {from:DateTime('UTC')} AND "
            + "window_start < {to:DateTime('UTC')}";
        List<SqlParameter> parameters =
        [
            new("model", model.Id),
            new("baseline", baseline?.Generation ?? 0),
            new("from", WholeSeconds(from)),
            new("to", WholeSeconds(to)),
        ];
        void Filter(string name, string condition, object? value)
        {
            if (value is null)
                return;
            where += condition;
            parameters.Add(new(name, value));
        }
        Filter("features", " AND feature IN {features:Array(String)}", query.Features);
        Filter("segment_key", " AND segment_key = {segment_key:String}", query.SegmentKey);
        Filter("segment_value", " AND segment_value = {segment_value:String}", query.SegmentValue);
        Filter("version", " AND version = {version:String}", query.Version);
        var columns = merged
            ? """
                toDateTime(min(window_start), 'UTC'), toDateTime(max(window_end), 'UTC'), version, segment_key, segment_value, feature,
                    baseline, sum(rows), sum(present), sum(missing),
                    sum(positive_infinity), sum(negative_infinity), sum(type_errors), sum(out_of_range),
                    if(countIf(NOT isNaN(minimum)) = 0, nan, minIf(minimum, NOT isNaN(minimum))),
                    if(countIf(NOT isNaN(maximum)) = 0, nan, maxIf(maximum, NOT isNaN(maximum))),
                    sum(sum), sum(sum_of_squares), sumForEach(bins)
                """
            : ProfileStatement.ResultColumns;
        var end = merged ? "GROUP BY version, segment_key, segment_value, feature, baseline" : "ORDER BY window_start";
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT {columns} FROM profiles FINAL WHERE {where} {end}", parameters),
            ct
        );
        var profiles = new List<FeatureProfile>();
        ProfileRows.Read(rows, profiles);
        // A feature's rows from before it had bins stay stored under generation 0 until they are computed again.
        var expected = ProfiledFeature
            .Of(model)
            .ToDictionary(feature => feature.Name, feature => feature.Bins(baseline).Baseline, StringComparer.Ordinal);
        return [.. profiles.Where(profile => profile.Rows > 0 && expected.GetValueOrDefault(profile.Feature, -1) == profile.Baseline)];
    }

    private static string Seconds(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"toUInt32({time.ToUnixTimeSeconds()})");

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Ceiling(time.ToUnixTimeMilliseconds() / 1000.0));
}
