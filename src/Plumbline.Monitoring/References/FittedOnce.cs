using System.Collections.Concurrent;

namespace Plumbline.Monitoring.References;

/// <summary>
/// What is fitted on a model's reference once, when a window first needs it, and is then used by all: in memory, one per model, and made
/// again after a restart. A fit that failed is not kept; the one that was not used for the longest time is made again when needed.
/// </summary>
/// <typeparam name="TKey">What a fit depends on, such as the reference's generation: another key is another fit.</typeparam>
/// <typeparam name="TFit">What is fitted.</typeparam>
/// <param name="most">Fits in memory at most, of as many models.</param>
internal sealed class FittedOnce<TKey, TFit>(int most)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<int, Entry> _entries = new();
    private long _uses;

    /// <summary>The model's fit of this key, perhaps still being made; null when there is none.</summary>
    public Entry? Find(int modelId, TKey key) => _entries.TryGetValue(modelId, out var entry) && entry.Key.Equals(key) ? entry : null;

    /// <summary>Puts a new fit in the place of the model's; whoever comes second gets the one of the first.</summary>
    /// <param name="modelId">Whose it is.</param>
    /// <param name="key">What it depends on.</param>
    /// <param name="stale">The fit of the same key that is to be replaced, or null.</param>
    /// <param name="fit">Makes it; begins with the first <see cref="UseAsync"/>, and is not cancelled by whoever waits for it.</param>
    /// <returns>The fit in force, and whether it is the new one.</returns>
    public (Entry Entry, bool IsNew) Renew(int modelId, TKey key, Entry? stale, Func<Task<TFit>> fit)
    {
        var fresh = new Entry(key, new Lazy<Task<TFit>>(fit)) { Used = Interlocked.Increment(ref _uses) };
        var entry = _entries.AddOrUpdate(modelId, fresh, (_, other) => other.Key.Equals(key) && other != stale ? other : fresh);
        return (entry, entry == fresh);
    }

    /// <summary>Waits for a fit; one that fails is forgotten, so that the next window tries again.</summary>
    public async Task<TFit> UseAsync(int modelId, Entry entry, CancellationToken cancellation)
    {
        entry.Used = Interlocked.Increment(ref _uses);
        while (_entries.Count > most)
            _entries.TryRemove(_entries.MinBy(pair => pair.Value.Used));
        try
        {
            return await entry.Fit.WaitAsync(cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _entries.TryRemove(new KeyValuePair<int, Entry>(modelId, entry));
            throw;
        }
    }

    /// <summary>The model's fit of a key, made when it is not there.</summary>
    public Task<TFit> GetAsync(int modelId, TKey key, Func<Task<TFit>> fit, CancellationToken cancellation) =>
        UseAsync(modelId, Find(modelId, key) ?? Renew(modelId, key, stale: null, fit).Entry, cancellation);

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _entries.TryRemove(modelId, out _);

    /// <summary>One model's fit.</summary>
    internal sealed class Entry(TKey key, Lazy<Task<TFit>> fit)
    {
        private long _used;

        /// <summary>What it depends on.</summary>
        public TKey Key => key;

        /// <summary>The fit; asking for it starts it.</summary>
        public Task<TFit> Fit => fit.Value;

        /// <summary>Which use of all was its last.</summary>
        public long Used
        {
            get => Volatile.Read(ref _used);
            set => Volatile.Write(ref _used, value);
        }
    }
}
