using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Review.Datasets;

/// <summary>Data sets of models, what they are made of, and their versions.</summary>
public sealed class DatasetStore(IDbContextFactory<StateDbContext> state, DatasetFiles files, TimeProvider time) : IDisposable
{
    /// <summary>Data sets per model.</summary>
    public const int MaxDatasets = 50;

    /// <summary>Versions per data set, failed ones included.</summary>
    public const int MaxVersions = 1_000;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>The data sets of a model, by name.</summary>
    public async Task<IReadOnlyList<StoredDataset>> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .Datasets.AsNoTracking()
            .Where(row => row.ModelId == model.Id)
            .OrderBy(row => row.Name)
            .ToListAsync(cancellation);
        return [.. rows.Select(StoredDataset.Of)];
    }

    /// <summary>The data set of that name; null when there is none.</summary>
    public async Task<StoredDataset?> FindAsync(ModelDefinition model, string name, CancellationToken cancellation) =>
        (await ReadAsync(model, cancellation)).FirstOrDefault(stored => stored.Name == name);

    /// <summary>
    /// Saves what a data set is made of; its versions stay as they are. False when the model has <see cref="MaxDatasets"/> already.
    /// </summary>
    public async Task<bool> PutAsync(ModelDefinition model, string name, DatasetRecipe recipe, string who, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Datasets.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Name == name, cancellation);
        if (row is null && await db.Datasets.CountAsync(other => other.ModelId == model.Id, cancellation) >= MaxDatasets)
            return false;
        var text = JsonSerializer.Serialize(recipe, DatasetRecipe.Json);
        if (row is null)
        {
            row = new DatasetRow
            {
                ModelId = model.Id,
                Name = name,
                Recipe = text,
                UpdatedBy = who,
            };
            db.Datasets.Add(row);
        }

        (row.Recipe, row.UpdatedAtMs, row.UpdatedBy) = (text, time.GetUtcNow().ToUnixTimeMilliseconds(), who);
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>Removes a data set with its versions and their files. False when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(ModelDefinition model, string name, CancellationToken cancellation)
    {
        if (await FindAsync(model, name, cancellation) is not { } stored)
            return false;
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.DatasetVersions.Where(row => row.DatasetId == stored.Id).ExecuteDeleteAsync(cancellation);
        await db.Datasets.Where(row => row.Id == stored.Id).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        files.DeleteDataset(model.Id, stored.Id);
        return true;
    }

    /// <summary>The versions of a data set, the newest first.</summary>
    public async Task<IReadOnlyList<DatasetVersion>> VersionsAsync(StoredDataset dataset, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .DatasetVersions.AsNoTracking()
            .Where(row => row.DatasetId == dataset.Id)
            .OrderByDescending(row => row.Number)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => DatasetVersion.Of(row, dataset.Name))];
    }

    /// <summary>One version; null when there is none of that number.</summary>
    public async Task<DatasetVersion?> FindVersionAsync(StoredDataset dataset, int number, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db
            .DatasetVersions.AsNoTracking()
            .FirstOrDefaultAsync(row => row.DatasetId == dataset.Id && row.Number == number, cancellation);
        return row is null ? null : DatasetVersion.Of(row, dataset.Name);
    }

    /// <summary>Begins a version: it has the next number and is building.</summary>
    /// <exception cref="DatasetException">The data set is gone, or has <see cref="MaxVersions"/> already.</exception>
    internal async Task<DatasetVersion> BeginAsync(StoredDataset dataset, string who, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row =
            await db.Datasets.FirstOrDefaultAsync(row => row.Id == dataset.Id, cancellation)
            ?? throw new DatasetException("unknown_dataset", $"The data set '{dataset.Name}' was deleted.");
        if (await db.DatasetVersions.CountAsync(version => version.DatasetId == row.Id, cancellation) >= MaxVersions)
            throw new DatasetException("too_many_versions", $"A data set has at most {MaxVersions} versions; make another data set.");
        var begun = new DatasetVersionRow
        {
            DatasetId = row.Id,
            ModelId = row.ModelId,
            Number = ++row.LastNumber,
            Recipe = row.Recipe,
            State = (int)DatasetState.Building,
            Reason = "",
            ContentHash = "",
            Card = "",
            CreatedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            CreatedBy = who,
        };
        db.DatasetVersions.Add(begun);
        await db.SaveChangesAsync(cancellation);
        return DatasetVersion.Of(begun, row.Name);
    }

    /// <summary>Says that a version is complete; false when it was deleted meanwhile.</summary>
    internal async Task<bool> FinishAsync(DatasetVersion begun, string hash, DatasetCard card, CancellationToken cancellation)
    {
        var text = JsonSerializer.Serialize(card, DatasetRecipe.Json);
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db
                .DatasetVersions.Where(row =>
                    row.DatasetId == begun.DatasetId && row.Number == begun.Number && row.State == (int)DatasetState.Building
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.State, (int)DatasetState.Ready)
                            .SetProperty(row => row.ContentHash, hash)
                            .SetProperty(row => row.Rows, card.Rows)
                            .SetProperty(row => row.Labelled, card.Labelled)
                            .SetProperty(row => row.Card, text),
                    cancellation
                ) > 0;
    }

    /// <summary>Says why a version could not be made.</summary>
    internal async Task FailAsync(DatasetVersion begun, string reason)
    {
        await using var db = await state.CreateDbContextAsync(CancellationToken.None);
        await db
            .DatasetVersions.Where(row =>
                row.DatasetId == begun.DatasetId && row.Number == begun.Number && row.State == (int)DatasetState.Building
            )
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, (int)DatasetState.Failed).SetProperty(row => row.Reason, reason),
                CancellationToken.None
            );
    }

    /// <summary>Fails what a process that was ended has left, and deletes files that belong to nothing.</summary>
    internal async Task CleanAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db
            .DatasetVersions.Where(row => row.State == (int)DatasetState.Building)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.State, (int)DatasetState.Failed)
                        .SetProperty(row => row.Reason, "The server was ended while it was made; make it again."),
                cancellation
            );
        var ready = await db
            .DatasetVersions.Where(row => row.State == (int)DatasetState.Ready)
            .Select(row => new
            {
                row.ModelId,
                row.DatasetId,
                row.Number,
            })
            .ToListAsync(cancellation);
        files.DeleteAllBut(ready.Select(row => (row.ModelId, row.DatasetId, row.Number)).ToHashSet());
    }

    internal async Task RemoveAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.DatasetVersions.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        await db.Datasets.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        files.DeleteModel(model.Id);
    }

    public void Dispose() => _changing.Dispose();
}
