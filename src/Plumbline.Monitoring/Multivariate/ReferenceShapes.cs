using System.Collections.Concurrent;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>The shape of every model's reference: made once per reference when a window first needs it, and again after a restart.</summary>
public sealed class ReferenceShapes(RowSamples samples, BaselineCatalog baselines, TimeProvider time)
{
    /// <summary>Rows of a reference that can be compared; half of them are held out.</summary>
    public const int LeastRows = 200;

    /// <summary>Rows of each half at most.</summary>
    public const int MostRows = 2_000;

    private const int MostShapes = 64;

    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>The shape of a model's reference; null without a reference, with too few rows or no usable feature.</summary>
    public async Task<ReferenceShape?> FindAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (baselines.Find(model) is not { } baseline || baseline.Rows < LeastRows) return null;
        var features = FeatureSelection.Of(model, baseline);
        if (features.Features.IsEmpty) return null;
        var key = (baseline.Generation, features.Key);
        if (!_entries.TryGetValue(model.Id, out var entry) || entry.Key != key)
        {
            var fresh = new Entry(key, new Lazy<Task<ReferenceShape>>(() => MakeAsync(model, baseline, features)));
            entry = _entries.AddOrUpdate(model.Id, fresh, (_, other) => other.Key == key ? other : fresh);
        }

        entry.Used = time.GetUtcNow();
        while (_entries.Count > MostShapes) _entries.TryRemove(_entries.MinBy(pair => pair.Value.Used));
        try
        {
            return await entry.Shape.Value.WaitAsync(cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A failed attempt is not kept: the windows are tried again, and so is this.
            _entries.TryRemove(new KeyValuePair<int, Entry>(model.Id, entry));
            throw;
        }
    }

    /// <summary>Forgets a deleted model's shape.</summary>
    public void Remove(ModelDefinition model) => _entries.TryRemove(model.Id, out _);

    private async Task<ReferenceShape> MakeAsync(ModelDefinition model, Baseline baseline, FeatureSelection features)
    {
        var sample = await samples.ReferenceAsync(model, baseline, features.Features, 2 * MostRows, onlyLabelled: false, CancellationToken.None);
        // The rows come in random order: the first half is as good as any.
        var half = sample.Rows / 2;
        return new ReferenceShape(features, sample.Select([.. Enumerable.Range(0, half)]).ToTable(), sample.Select([.. Enumerable.Range(half, sample.Rows - half)]).ToTable());
    }

    private sealed class Entry((int Generation, string Features) key, Lazy<Task<ReferenceShape>> shape)
    {
        public (int Generation, string Features) Key => key;

        public Lazy<Task<ReferenceShape>> Shape => shape;

        public DateTimeOffset Used { get; set; }
    }
}
