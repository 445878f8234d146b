using System.Collections.Concurrent;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Alarms;
using Plumbline.Store;

namespace Plumbline.Monitoring.Drift.Calibrated;

/// <summary>
/// Learns the null distribution of every stream of a model, once per generation of its baseline, and keeps it in memory. It is made again
/// from the same rows after a restart.
/// </summary>
internal sealed class CalibratedNulls(IColumnStore store, SegmentValues segmentValues, TimeProvider time, ILogger<CalibratedNulls> log)
    : IDisposable
{
    /// <summary>
    /// Streams of one model that are calibrated; about 30 KB each. All-rows streams come first, further ones stay insufficient_data.
    /// </summary>
    public const int MostStreams = 3000;

    // About 1 KB each, while one statement's answer is read.
    private const int ProfilesInMemory = 20_000;
    private const int FeaturesPerStatement = 50;

    private readonly ConcurrentDictionary<int, LearnedNulls> _learned = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>What is known of a model; null while production's first days are still being collected.</summary>
    public async Task<LearnedNulls?> FindAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var values = await segmentValues.KnownAsync(model, cancellation);
        var known = model.Features.Length + values.Sum(dimension => dimension.Length);
        if (IsCurrent(model, baseline, known) is { } current)
            return current;
        await _gate.WaitAsync(cancellation);
        try
        {
            if (IsCurrent(model, baseline, known) is { } meanwhile)
                return meanwhile;
            if (await SourceAsync(model, baseline, cancellation) is not { } source)
                return null;
            var segments = ReferenceSegments.Of(model, values, source.IsReference ? baseline : null);
            var streams = await LearnAsync(model, baseline, source, segments, cancellation);
            log.StreamsLearned(
                model.Name,
                streams.Count,
                source.IsReference ? "the reference" : "the first days in production",
                source.From,
                source.To
            );
            return _learned[model.Id] = new LearnedNulls(baseline.Generation, known, source.IsReference ? null : source.To, streams);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Remove(int modelId) => _learned.TryRemove(modelId, out _);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private LearnedNulls? IsCurrent(ModelDefinition model, Baseline baseline, int known) =>
        _learned.TryGetValue(model.Id, out var learned) && learned.Generation == baseline.Generation && learned.Known == known
            ? learned
            : null;

    private async Task<NullSource?> SourceAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        if (NullSource.OfReference(model, baseline) is { } reference)
            return reference;
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT count(), min(timestamp) FROM {ModelTables.Predictions(model.Id)} WHERE role = 'primary'"),
            cancellation
        );
        rows.Read();
        if (rows.ReadUInt64() == 0)
            return null;
        var source = NullSource.OfProduction(model, rows.ReadDateTime64());
        return source.To + model.AllowedLateness <= time.GetUtcNow() ? source : null;
    }

    private async Task<Dictionary<CalibratedStream, BinnedNull>> LearnAsync(
        ModelDefinition model,
        Baseline baseline,
        NullSource source,
        List<SegmentColumn> segments,
        CancellationToken cancellation
    )
    {
        var streams = new Dictionary<CalibratedStream, BinnedNull>();
        var features = ProfiledFeature.OfReference(model).Where(feature => baseline.Features.ContainsKey(feature.Name)).ToList();
        // All rows of every feature before the segments of the first: what is cut off by the limit is then the finest.
        IEnumerable<IReadOnlyList<SegmentColumn>> rounds =
            segments.Count == 0
                ?
                [
                    [],
                ]
                :
                [
                    [],
                    segments,
                ];
        foreach (var round in rounds)
        {
            var scopes = 1 + round.Sum(segment => segment.Values.Count + 2);
            var windows = Math.Max(1, (int)((source.To - source.From) / source.Grain));
            foreach (var chunk in features.Chunk(Math.Clamp(ProfilesInMemory / (windows * scopes), 1, FeaturesPerStatement)))
            {
                if (streams.Count >= MostStreams)
                {
                    log.StreamsLeftOut(model.Name, MostStreams);
                    return streams;
                }

                var profiles = new List<FeatureProfile>();
                using (var rows = await store.QueryAsync(source.Statement(model, baseline, chunk, round).Select(), cancellation))
                    ProfileRows.Read(rows, profiles);
                Learn(source, baseline, profiles, streams);
            }
        }

        return streams;
    }

    private static void Learn(
        NullSource source,
        Baseline baseline,
        List<FeatureProfile> profiles,
        Dictionary<CalibratedStream, BinnedNull> streams
    )
    {
        foreach (
            var group in profiles.GroupBy(profile => new CalibratedStream(
                profile.Scope.SegmentKey,
                profile.Scope.SegmentValue,
                profile.Feature
            ))
        )
        {
            if (streams.Count >= MostStreams)
                return;
            if (streams.ContainsKey(group.Key))
                continue;
            var feature = baseline.Features[group.Key.Feature];
            var windows = group
                .Where(profile => profile.Bins.Length == feature.Profile.Bins.Length)
                .Select(profile => new WindowCounts(profile.WindowStart, CalibratedBins.Of(feature, profile)))
                .ToList();
            if (BinnedNull.Learn(windows, source.Grain) is { } learned)
                streams[group.Key] = learned;
        }
    }
}
