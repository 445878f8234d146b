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
public sealed class EstimatorCatalog(
    EstimatorFitting fitting,
    BaselineCatalog baselines,
    IColumnStore store,
    WindowLedger ledger,
    TimeProvider time,
    ILogger<EstimatorCatalog> log
)
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

    private readonly FittedOnce<string, Fitted> _fits = new(MostEstimators);

    /// <summary>The estimator of a model, or why there is none. The first call of a reference fits it, which may take seconds.</summary>
    public async Task<ModelEstimator> FindAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (baselines.Find(model) is not { } baseline)
            return new ModelEstimator { Gap = EstimatorGap.NoReference };
        var key = KeyOf(model, baseline);
        var known = _fits.Find(model.Id, key);
        if (known is not null)
        {
            var before = await UseAsync(model, known, cancellation);
            if (before.IsFinal || time.GetUtcNow() < before.NextLook || !await HasGrownAsync(model, baseline, before, cancellation))
                return before.Estimator;
        }

        var (entry, isNew) = _fits.Renew(model.Id, key, known, () => FitAsync(model, baseline));
        var (estimator, _) = await UseAsync(model, entry, cancellation);
        // The same reference had no ground truth before: windows computed meanwhile have no estimates yet.
        if (isNew && known is not null && estimator.Gap is null)
            await MarkWindowsAsync(model, baseline, cancellation);
        return estimator;
    }

    /// <summary>Forgets a deleted model's estimator.</summary>
    public void Remove(ModelDefinition model) => _fits.Forget(model.Id);

    private async Task<Fitted> FitAsync(ModelDefinition model, Baseline baseline)
    {
        var estimator = await fitting.FitAsync(model, baseline, CancellationToken.None);
        var isFinal = baseline.From is null || baseline.GroundTruthRows == baseline.Rows;
        return new Fitted(estimator, isFinal) { NextLook = time.GetUtcNow() + LookAgain };
    }

    private async Task<Fitted> UseAsync(ModelDefinition model, FittedOnce<string, Fitted>.Entry entry, CancellationToken cancellation)
    {
        try
        {
            return await _fits.UseAsync(model.Id, entry, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.EstimatorNotFitted(error, model.Name);
            throw;
        }
    }

    private async Task<bool> HasGrownAsync(ModelDefinition model, Baseline baseline, Fitted before, CancellationToken cancellation)
    {
        before.NextLook = time.GetUtcNow() + LookAgain;
        var (sql, parameters) = ReferenceSource.Of(model, baseline);
        using var rows = await store.QueryAsync(new SqlStatement($"SELECT countIf(truth != '') FROM ({sql})", parameters), cancellation);
        rows.Read();
        var labelled = Math.Min(
            (long)rows.ReadUInt64(),
            model.Task == ModelTask.Regression ? EstimatorFitting.LossRows : EstimatorFitting.AnswerRows
        );
        return labelled >= LeastRows && labelled > before.Estimator.LabelledRows * WorthwhileGrowth;
    }

    private async Task MarkWindowsAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var starts = new List<DateTimeOffset>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    SELECT DISTINCT toUInt32(intDiv(toUnixTimestamp(timestamp), {length:UInt32}) * {length:UInt32}) AS start
                    FROM {{ModelTables.Predictions(model.Id)}}
                    WHERE timestamp >= {from:DateTime64(3, 'UTC')} ORDER BY start DESC LIMIT {limit:UInt32}
                    """,
                    new("length", (long)model.Window.TotalSeconds),
                    new("from", baseline.From ?? DateTimeOffset.UnixEpoch),
                    new("limit", MostMarked)
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                starts.Add(DateTimeOffset.FromUnixTimeSeconds(rows.ReadUInt32()));
        }

        await ledger.MarkDirtyAsync(model.Id, starts, DirtyReason.GroundTruth, cancellation);
    }

    // What an estimator depends on besides the rows of the reference.
    private static string KeyOf(ModelDefinition model, Baseline baseline) =>
        string.Join('\n', baseline.Generation, model.EffectivePositiveClass, string.Join('\t', model.Classes));

    /// <param name="Estimator">What was fitted.</param>
    /// <param name="IsFinal">True when no ground truth can come late.</param>
    private sealed record Fitted(ModelEstimator Estimator, bool IsFinal)
    {
        public DateTimeOffset NextLook { get; set; }
    }
}
