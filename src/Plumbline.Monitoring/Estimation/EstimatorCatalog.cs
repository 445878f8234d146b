using System.Collections.Concurrent;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.Estimation;

/// <summary>
/// The estimator of every model, fitted on its labelled reference: once per reference, when a window first needs it, and again after a
/// restart. A past window of production as reference gets its ground truth late; it is looked at again until it has come.
/// </summary>
public sealed class EstimatorCatalog(EstimatorFitting fitting, BaselineCatalog baselines, IColumnStore store, WindowLedger ledger, TimeProvider time, ILogger<EstimatorCatalog> log)
{
    /// <summary>Rows with ground truth that a reference needs.</summary>
    public const int LeastRows = 100;

    /// <summary>Estimators in memory; the one that was not used for the longest time is fitted again when needed.</summary>
    private const int MostEstimators = 64;

    /// <summary>Windows computed again at most, newest first, when the ground truth of the reference comes late.</summary>
    private const int MostMarked = 1_000;

    /// <summary>The growth of the reference's ground truth that is worth another fit.</summary>
    private const double WorthwhileGrowth = 1.2;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>The estimator of a model, or why there is none. The first call of a reference fits it, which may take seconds.</summary>
    public async Task<ModelEstimator> FindAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (baselines.Find(model) is not { } baseline) return new ModelEstimator { Gap = EstimatorGap.NoReference };
        var key = KeyOf(model, baseline);
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(model.Id, out var entry) && entry.Key == key && (entry.IsFinal || now < entry.NextLook || !await HasGrownAsync(model, baseline, entry, cancellation)))
            return await UseAsync(model, entry, cancellation);
        var fresh = new Entry(key, now, new Lazy<Task<ModelEstimator>>(() => fitting.FitAsync(model, baseline, CancellationToken.None))) { IsFinal = baseline.From is null || baseline.GroundTruthRows == baseline.Rows };
        // Whoever comes second uses what the first one fits.
        var chosen = _entries.AddOrUpdate(model.Id, fresh, (_, other) => other.Key == key && other != entry ? other : fresh);
        var estimator = await UseAsync(model, chosen, cancellation);
        // The same reference had no ground truth before: windows computed meanwhile have no estimates yet.
        if (chosen == fresh && entry?.Key == key && estimator.Gap is null) await MarkWindowsAsync(model, baseline, cancellation);
        return estimator;
    }

    /// <summary>Forgets a deleted model's estimator.</summary>
    public void Remove(ModelDefinition model) => _entries.TryRemove(model.Id, out _);

    private async Task<ModelEstimator> UseAsync(ModelDefinition model, Entry entry, CancellationToken cancellation)
    {
        entry.Used = time.GetUtcNow();
        try
        {
            var estimator = await entry.Fit.Value.WaitAsync(cancellation);
            if (entry.NextLook == default) entry.NextLook = time.GetUtcNow() + LookAgain;
            Trim();
            return estimator;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A failed fit is not kept: the windows are tried again, and so is this.
            _entries.TryRemove(new KeyValuePair<int, Entry>(model.Id, entry));
            log.LogError(error, "The estimator of {Model} could not be fitted", model.Name);
            throw;
        }
    }

    private async Task<bool> HasGrownAsync(ModelDefinition model, Baseline baseline, Entry entry, CancellationToken cancellation)
    {
        entry.NextLook = time.GetUtcNow() + LookAgain;
        var (sql, parameters) = ReferenceSource.Of(model, baseline);
        using var rows = await store.QueryAsync(new SqlStatement($"SELECT countIf(truth != '') FROM ({sql})", parameters), cancellation);
        rows.Read();
        var labelled = Math.Min((long)rows.ReadUInt64(), model.Task == ModelTask.Regression ? EstimatorFitting.LossRows : EstimatorFitting.AnswerRows);
        var before = (await entry.Fit.Value.WaitAsync(cancellation)).LabelledRows;
        return labelled >= LeastRows && labelled > before * WorthwhileGrowth;
    }

    private async Task MarkWindowsAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var starts = new List<DateTimeOffset>();
        using (var rows = await store.QueryAsync(new SqlStatement($$"""
            SELECT DISTINCT toUInt32(intDiv(toUnixTimestamp(timestamp), {length:UInt32}) * {length:UInt32}) AS start FROM {{ModelTables.Predictions(model.Id)}}
            WHERE timestamp >= {from:DateTime64(3, 'UTC')} ORDER BY start DESC LIMIT {limit:UInt32}
            """, new("length", (long)model.Window.TotalSeconds), new("from", baseline.From ?? DateTimeOffset.UnixEpoch), new("limit", MostMarked)), cancellation))
        {
            while (rows.Read()) starts.Add(DateTimeOffset.FromUnixTimeSeconds(rows.ReadUInt32()));
        }

        await ledger.MarkDirtyAsync(model.Id, starts, DirtyReason.GroundTruth, cancellation);
    }

    private void Trim()
    {
        while (_entries.Count > MostEstimators && _entries.MinBy(pair => pair.Value.Used) is { Value: not null } oldest)
            _entries.TryRemove(oldest);
    }

    // What an estimator depends on besides the rows of the reference.
    private static string KeyOf(ModelDefinition model, Baseline baseline) => string.Join('\n', baseline.Generation, model.EffectivePositiveClass, string.Join('\t', model.Classes));

    private sealed class Entry(string key, DateTimeOffset used, Lazy<Task<ModelEstimator>> fit)
    {
        public string Key => key;

        public Lazy<Task<ModelEstimator>> Fit => fit;

        public DateTimeOffset Used { get; set; } = used;

        public DateTimeOffset NextLook { get; set; }

        /// <summary>True when no ground truth can come late.</summary>
        public bool IsFinal { get; init; }
    }
}
