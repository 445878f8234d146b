using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// The baseline of every model. It is durable in the state database; the reference's rows are in the engine. A new one is computed
/// aside, then takes the place of the old one at once, and all windows of the model are put on the list to be computed on its bins.
/// </summary>
public sealed class BaselineCatalog(
    IColumnStore store,
    ModelTables tables,
    BaselineComputation computation,
    IDbContextFactory<StateDbContext> state,
    HistoryWindows history,
    ModelCatalog catalog,
    TimeProvider time,
    ILogger<BaselineCatalog> log
) : IBaselines
{
    /// <summary>Rows that the first complete days must have together to become the reference of a model without a declared one.</summary>
    public const int FirstDaysRows = 1000;

    private readonly ConcurrentDictionary<int, Baseline> _current = new();
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();
    private readonly ConcurrentDictionary<int, DateTimeOffset> _nextLook = new();

    /// <inheritdoc/>
    public Baseline? Find(ModelDefinition model) => Find(model.Id)?.For(model);

    /// <summary>
    /// The whole baseline of a model; null while it has none. Who asks for columns of the reference's rows gives the definition instead.
    /// </summary>
    internal Baseline? Find(int modelId) => _current.GetValueOrDefault(modelId);

    /// <summary>Raised after a model got a new baseline, with its number.</summary>
    public event Action<int>? Changed;

    /// <summary>Reads all baselines and finishes what a crash interrupted; called once before the server listens.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        foreach (var row in await db.Baselines.AsNoTracking().ToListAsync(cancellation))
        {
            if (catalog.Find(row.ModelId) is not { } model)
                continue;
            _current[row.ModelId] = BaselineJson.Read(row.Content, model.Name);
            if (!row.WindowsMarked)
                await MarkWindowsAsync(model, cancellation);
        }
    }

    /// <summary>Makes a table for the rows of a new reference, lets the caller fill it, and makes it the model's reference.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="declared">False when nobody declared it.</param>
    /// <param name="version">Version that it was scored with; null when not said.</param>
    /// <param name="fill">Fills the table of the given name.</param>
    /// <param name="cancellation">Leaves the model with the reference that it had.</param>
    /// <param name="replaces">Only takes the place of this one; another that came meanwhile stays.</param>
    /// <returns>The new baseline; null when no row was filled in (the model keeps what it had).</returns>
    public async Task<Baseline?> ReplaceAsync(
        int modelId,
        bool declared,
        string? version,
        Func<ModelDefinition, string, CancellationToken, Task> fill,
        CancellationToken cancellation,
        Baseline? replaces = null
    )
    {
        using var turn = await _gates.GetOrAdd(modelId, _ => new SemaphoreSlim(1, 1)).EnterAsync(cancellation);
        var model = catalog.Find(modelId) ?? throw new InvalidOperationException($"Model {modelId} was deleted.");
        if (Find(modelId) is { } present && (replaces is null ? !declared : present != replaces))
            return present;
        var generation = (Find(modelId)?.Generation ?? 0) + 1;
        try
        {
            return await MakeAsync(model, generation, declared, version, fill, cancellation);
        }
        finally
        {
            if (Find(modelId)?.Generation != generation)
                await tables.DropReferenceAsync(modelId, generation, CancellationToken.None);
        }
    }

    /// <summary>
    /// The baseline that windows are to be profiled on: the model's own, made anew first when its bins are of an older kind; else the first
    /// complete days when they have enough rows.
    /// </summary>
    internal async Task<Baseline?> ReadyAsync(ModelDefinition model, CancellationToken cancellation) =>
        Find(model.Id) switch
        {
            null => await TryAdoptFirstDaysAsync(model, cancellation),
            { Binning: Baseline.CurrentBinning } current => current,
            _ => await BinAgainAsync(model, cancellation),
        };

    /// <summary>Makes the model's baseline anew from the rows of its reference, after features changed; null when it has none.</summary>
    public async Task<Baseline?> RenewAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var isCopied = false;
        Baseline? made = null;
        // Another reference may come in between: then that one is made anew.
        while (!isCopied && Find(model.Id) is { } old)
        {
            made = await ReplaceAsync(
                model.Id,
                declared: old.Declared,
                old.Version,
                (current, table, ct) =>
                {
                    isCopied = true;
                    return CopyAsync(current, old, table, ct);
                },
                cancellation,
                replaces: old
            );
        }

        return made;
    }

    private Task<Baseline?> BinAgainAsync(ModelDefinition model, CancellationToken cancellation)
    {
        log.BinnedAgain(model.Name);
        return RenewAsync(model, cancellation);
    }

    // What is stored under the features that the model has now; a feature whose type changed is converted as its predictions are.
    private async Task CopyAsync(ModelDefinition model, Baseline old, string table, CancellationToken ct)
    {
        var from = ModelTables.Reference(model.Id, old.Generation);
        var stored = (await tables.ColumnsAsync(from, ct)).ToHashSet(StringComparer.Ordinal);
        var features = model.Features.Select(feature => feature.Column).ToHashSet(StringComparer.Ordinal);
        var targets = stored.Where(column => column != "raw" && (!FeatureColumn.IsOne(column) || features.Contains(column))).ToList();
        var sources = new List<string>(targets);
        var raw = "raw";
        var parameters = new List<SqlParameter>();
        foreach (var feature in model.Features.Where(feature => !stored.Contains(feature.Column)))
        {
            if (ModelColumns.ConversionOf(feature) is not { } conversion || !stored.Contains(conversion.From.Name))
                continue;
            targets.Add(feature.Column);
            sources.Add(conversion.Value);
            raw = conversion.Raw(raw);
            parameters.AddRange(conversion.Parameters);
        }

        await store.ExecuteAsync(
            new SqlStatement(
                $"INSERT INTO {table} ({string.Join(", ", targets)}, raw) SELECT {string.Join(", ", sources)}, {raw} FROM {from}",
                parameters
            ),
            ct
        );
    }

    /// <summary>
    /// For a model without a reference: its first complete days (UTC) that have <see cref="FirstDaysRows"/> primary predictions together
    /// become it; only the last of them where it has as many alone. Null when there are not so many yet.
    /// </summary>
    internal async Task<Baseline?> TryAdoptFirstDaysAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // Looking reads a column of all predictions: not with every pass.
        if (_nextLook.TryGetValue(model.Id, out var next) && now < next)
            return null;
        _nextLook[model.Id] = now + TimeSpan.FromSeconds(10);
        var complete = (now - model.AllowedLateness).UtcDateTime.Date;
        var (from, day) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        var count = 0L;
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    SELECT toUnixTimestamp(toStartOfDay(timestamp, 'UTC')) AS day, count() FROM {{ModelTables.Predictions(model.Id)}}
                    WHERE role = 'primary' AND timestamp < {complete:DateTime64(3, 'UTC')}
                    GROUP BY day ORDER BY day
                    """,
                    [new SqlParameter("complete", new DateTimeOffset(complete, TimeSpan.Zero))]
                ),
                cancellation
            )
        )
        {
            while (count < FirstDaysRows)
            {
                if (!rows.Read())
                    return null;
                day = DateTimeOffset.FromUnixTimeSeconds(rows.ReadUInt32());
                var ofDay = (long)rows.ReadUInt64();
                // Beside a full day the few rows before it are a trial, or the rest of a day on which somebody began.
                if (count == 0 || ofDay >= FirstDaysRows)
                    from = day;
                count += ofDay;
            }
        }
        var to = day.AddDays(1);
        log.FirstDaysAdopted(model.Name, from, to);
        return await ReplaceByProductionAsync(model.Id, declared: false, version: null, from, to, cancellation);
    }

    /// <summary>Makes the predictions of [from, to), of one version or all, the reference. Null when there are none.</summary>
    internal Task<Baseline?> ReplaceByProductionAsync(
        int modelId,
        bool declared,
        string? version,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    ) =>
        ReplaceAsync(
            modelId,
            declared,
            version,
            async (current, table, ct) =>
            {
                // A feature may have come while this waited for its turn, and has no column before an event with it is stored.
                await tables.EnsureAsync(modelId, [.. current.Features.Select(ModelColumns.Of)], ct);
                await store.ExecuteAsync(ProductionWindow.Copy(current, table, from, to, version), ct);
            },
            cancellation
        );

    /// <summary>Forgets a deleted model's baseline; its rows go with the model's tables.</summary>
    public async Task RemoveAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.Baselines.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        _current.TryRemove(model.Id, out _);
        _nextLook.TryRemove(model.Id, out _);
        _gates.TryRemove(model.Id, out _);
    }

    private async Task<Baseline?> MakeAsync(
        ModelDefinition model,
        int generation,
        bool declared,
        string? version,
        Func<ModelDefinition, string, CancellationToken, Task> fill,
        CancellationToken cancellation
    )
    {
        var table = ModelTables.Reference(model.Id, generation);
        await tables.CreateReferenceAsync(model.Id, generation, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        await fill(model, table, cancellation);
        if (await ReadDraftAsync(table, generation, declared, version, cancellation) is not { } draft)
            return null;
        var baseline = await computation.ComputeAsync(model, draft, cancellation);
        await SaveAsync(model.Id, baseline, cancellation);
        _current[model.Id] = baseline;
        Changed?.Invoke(model.Id);
        // The new baseline counts from here on: what is left to do is not undone by a caller that went away.
        await MarkWindowsAsync(model, CancellationToken.None);
        await SharedRows.DeleteAsync(
            store,
            "profiles",
            model.Id,
            "baseline != 0 AND baseline < {generation:UInt32}",
            [new SqlParameter("generation", generation)],
            CancellationToken.None
        );
        return baseline;
    }

    private async Task<Baseline?> ReadDraftAsync(
        string table,
        int generation,
        bool declared,
        string? version,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                "SELECT count(), countIf(value != '' OR NOT isNaN(value_number)), countIf(toUnixTimestamp64Milli(timestamp) != 0), "
                    + $"minIf(timestamp, toUnixTimestamp64Milli(timestamp) != 0), max(timestamp) FROM {table}"
            ),
            cancellation
        );
        rows.Read();
        var (count, groundTruth, timed) = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64(), rows.ReadUInt64());
        var (from, to) = (rows.ReadDateTime64(), rows.ReadDateTime64());
        return count == 0
            ? null
            : new Baseline
            {
                Generation = generation,
                Declared = declared,
                From = timed == 0 ? null : from,
                To = timed == 0 ? null : to,
                Version = version,
                Rows = count,
                GroundTruthRows = groundTruth,
                CreatedAt = time.GetUtcNow(),
                Features = FrozenDictionary<string, FeatureBaseline>.Empty,
            };
    }

    private async Task SaveAsync(int modelId, Baseline baseline, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Baselines.FindAsync([modelId], cancellation);
        if (row is null)
            db.Baselines.Add(row = new BaselineRow { ModelId = modelId, Content = "" });
        (row.Generation, row.Content, row.WindowsMarked) = (baseline.Generation, BaselineJson.Write(baseline), false);
        await db.SaveChangesAsync(cancellation);
    }

    private async Task MarkWindowsAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await history.MarkAsync(model, DirtyReason.Reference, cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .Baselines.Where(row => row.ModelId == model.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WindowsMarked, true), cancellation);
    }
}
