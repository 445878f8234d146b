using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>
/// Holds the current snapshot of every model. Reads are lock-free; a change is written to the state database first,
/// then the snapshot is replaced, so that nobody sees a model that a restart would forget.
/// </summary>
public sealed class ModelCatalog(IDbContextFactory<StateDbContext> state, TimeProvider time) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    private readonly SemaphoreSlim _change = new(1, 1);
    private volatile ModelSnapshot _snapshot = ModelSnapshot.Empty;

    /// <summary>All models, ordered by name.</summary>
    public ImmutableArray<ModelDefinition> All => _snapshot.Ordered;

    /// <summary>The model of that exact name, or null.</summary>
    public ModelDefinition? Find(string name) => _snapshot.ByName.GetValueOrDefault(name);

    /// <summary>The model with that number, or null.</summary>
    public ModelDefinition? Find(int id) => _snapshot.ById.GetValueOrDefault(id);

    /// <summary>
    /// Known versions of a model, in the order first seen; <see cref="VersionPlaces.Other"/> is one of them when there are too many to tell
    /// all apart.
    /// </summary>
    public ImmutableArray<string> Versions(int modelId) => _snapshot.Versions.GetValueOrDefault(modelId, []);

    /// <summary>Raised after a model was created, changed or deleted, with its number.</summary>
    public event Action<int>? Changed;

    /// <summary>Reads everything; called once before the server listens.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.Models.AsNoTracking().ToListAsync(cancellation);
        var versions = await ReadVersionsAsync(db, cancellation);
        var models = rows.ConvertAll(row => ReadDefinition(row.Definition, row.Name) with { Id = row.Id, Name = row.Name });
        _snapshot = ModelSnapshot.Of(models, versions);
    }

    /// <summary>Creates or changes a model as declared.</summary>
    /// <param name="name">The model's name; <see cref="ModelNames.CheckModel"/> takes it.</param>
    /// <param name="specification">What is declared.</param>
    /// <param name="cancellation">Stops before anything is changed.</param>
    /// <param name="onlyIfNew">True: one that is there stays as it is, and is given as both.</param>
    /// <returns>The definition and the one that it replaces (null when it is new); or the errors, and nothing changed.</returns>
    public async Task<(ModelDefinition? Definition, ModelDefinition? Before, IReadOnlyList<FieldError> Errors)> PutAsync(
        string name,
        ModelSpecification specification,
        CancellationToken cancellation,
        bool onlyIfNew = false
    )
    {
        await _change.WaitAsync(cancellation);
        try
        {
            var current = Find(name);
            if (onlyIfNew && current is not null)
                return (current, current, []);
            var (definition, errors) = ModelSpecificationReader.Read(name, specification, current);
            if (definition is null)
                return (null, current, errors);
            if (current is null && All.Length >= ModelLimits.MaxModels)
                return (null, null, [new("model", $"This server holds at most {ModelLimits.MaxModels} models.")]);
            var saved = await SaveAsync(definition, cancellation);
            return (saved, current, errors);
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Forgets a model and records that what is stored of it is to be dropped. Its number is not used again.</summary>
    public async Task<ModelDefinition?> DeleteAsync(string name, CancellationToken cancellation)
    {
        await _change.WaitAsync(cancellation);
        try
        {
            if (Find(name) is not { } model)
                return null;
            await using var db = await state.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            db.ModelRemovals.Add(
                new ModelRemovalRow
                {
                    ModelId = model.Id,
                    Name = model.Name,
                    Definition = JsonSerializer.Serialize(model, Json),
                    BegunAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                }
            );
            await db.SaveChangesAsync(cancellation);
            await db.ModelVersions.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
            await db.DirtyWindows.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
            await db.Models.Where(row => row.Id == model.Id).ExecuteDeleteAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            _snapshot = _snapshot.Without(model.Id);
            Changed?.Invoke(model.Id);
            return model;
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Models whose deletion was begun and not finished.</summary>
    public async Task<IReadOnlyList<ModelDefinition>> BeingRemovedAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.ModelRemovals.AsNoTracking().OrderBy(row => row.BegunAtMs).ToListAsync(cancellation);
        return [.. rows.Select(row => ReadDefinition(row.Definition, row.Name) with { Id = row.ModelId, Name = row.Name })];
    }

    /// <summary>Ends a deletion, or says why it did not end.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="error">Null: nothing of the model is left.</param>
    /// <param name="cancellation">Stops writing.</param>
    public async Task EndRemovalAsync(int modelId, string? error, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var removal = db.ModelRemovals.Where(row => row.ModelId == modelId);
        if (error is null)
            await removal.ExecuteDeleteAsync(cancellation);
        else
            await removal.ExecuteUpdateAsync(set => set.SetProperty(row => row.LastError, error), cancellation);
    }

    /// <summary>
    /// Adds the features that the model does not have yet; known names are left as they are, whatever their type, and dropped ones stay
    /// dropped.
    /// </summary>
    /// <param name="modelId">The model.</param>
    /// <param name="inferred">Names and types.</param>
    /// <param name="provisional">Whether what comes next may show that the type is another.</param>
    /// <param name="cancellation">Stops before anything is added.</param>
    /// <exception cref="FeatureLimitException">The model would have too many; nothing was added.</exception>
    public Task<ModelDefinition> EnsureFeaturesAsync(
        int modelId,
        IReadOnlyList<(string Name, FeatureType Type)> inferred,
        bool provisional,
        CancellationToken cancellation
    ) => ChangeAsync(modelId, model => ModelChanges.WithFeatures(model, inferred, provisional), cancellation);

    /// <summary>
    /// Lets guessed types of features stand: what comes next does not change them any more. One change, however many they are.
    /// </summary>
    public Task<ModelDefinition> SettleFeaturesAsync(int modelId, IReadOnlyCollection<string> names, CancellationToken cancellation) =>
        ChangeAsync(modelId, model => ModelChanges.WithSettled(model, names), cancellation);

    /// <summary>Gives away the number of the next new column: nothing else of the model gets it, whatever becomes of it.</summary>
    public async Task<int> ReserveOrdinalAsync(int modelId, CancellationToken cancellation) =>
        (await ChangeAsync(modelId, model => model with { NextOrdinal = model.NextOrdinal + 1 }, cancellation)).NextOrdinal - 1;

    /// <summary>Replaces the definition of a feature that the model has; null leaves it out from now on.</summary>
    public Task<ModelDefinition> ChangeFeatureAsync(
        int modelId,
        string name,
        Func<FeatureDefinition, FeatureDefinition?> change,
        CancellationToken cancellation
    ) => ChangeAsync(modelId, model => ModelChanges.WithFeature(model, name, change), cancellation);

    /// <summary>
    /// Adds classes in the order given; classes beyond <see cref="ModelLimits.MaxClasses"/> stay unlisted (they are still stored with their
    /// predictions).
    /// </summary>
    public Task<ModelDefinition> EnsureClassesAsync(int modelId, IReadOnlyList<string> classes, CancellationToken cancellation) =>
        ChangeAsync(modelId, model => ModelChanges.WithClasses(model, classes), cancellation);

    /// <summary>
    /// Adds names of business signals that are not known yet, up to <see cref="ModelLimits.MaxSignals"/>. Cheap when all are known.
    /// </summary>
    public Task<ModelDefinition> EnsureSignalsAsync(int modelId, IReadOnlyCollection<string> names, CancellationToken cancellation) =>
        ChangeAsync(modelId, model => ModelChanges.WithSignals(model, names), cancellation);

    /// <summary>
    /// Makes features segments, and two of them a cross, as far as they are not yet. False when the model has too many already; then
    /// nothing is changed.
    /// </summary>
    public async Task<bool> WatchSegmentsAsync(int modelId, IReadOnlyList<string> features, CancellationToken cancellation)
    {
        var fits = true;
        await ChangeAsync(modelId, model => ModelChanges.WithSegments(model, features, out fits), cancellation);
        return fits;
    }

    /// <summary>
    /// Adds a slice to those that are watched; one of the same name is replaced. False when the model has
    /// <see cref="ModelLimits.MaxSlices"/> already; then nothing is changed.
    /// </summary>
    public async Task<bool> WatchSliceAsync(int modelId, WatchedSlice slice, CancellationToken cancellation)
    {
        var fits = true;
        await ChangeAsync(modelId, model => ModelChanges.WithSlice(model, slice, out fits), cancellation);
        return fits;
    }

    /// <summary>Sets the positive class of a binary model that has none yet; one that was declared or set before stays.</summary>
    public Task<ModelDefinition> EnsurePositiveClassAsync(int modelId, string positive, CancellationToken cancellation) =>
        ChangeAsync(
            modelId,
            model => model.Task != ModelTask.Binary || model.PositiveClass is not null ? model : model with { PositiveClass = positive },
            cancellation
        );

    /// <summary>
    /// Remembers versions seen in traffic, as far as there are places for them (<see cref="VersionPlaces"/>). Cheap when all are known.
    /// </summary>
    /// <param name="modelId">The model.</param>
    /// <param name="versions">Those to be preferred first.</param>
    /// <param name="cancellation">Stops before anything is added.</param>
    public async Task EnsureVersionsAsync(int modelId, IReadOnlyCollection<string> versions, CancellationToken cancellation)
    {
        if (VersionPlaces.Added(Versions(modelId), versions).Count == 0)
            return;
        await _change.WaitAsync(cancellation);
        try
        {
            var added = VersionPlaces.Added(Versions(modelId), versions);
            if (added.Count == 0)
                return;
            await using var db = await state.CreateDbContextAsync(cancellation);
            db.ModelVersions.AddRange(added.Select(version => Row(modelId, version, declaration: null)));
            await db.SaveChangesAsync(cancellation);
            _snapshot = _snapshot.WithVersions(modelId, added);
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Creates or replaces the declaration of a version, which has a place then.</summary>
    /// <returns>False when <see cref="ModelLimits.MaxDeclaredVersions"/> have a place already; then nothing was changed.</returns>
    public async Task<bool> DeclareVersionAsync(int modelId, string version, string declaration, CancellationToken cancellation)
    {
        await _change.WaitAsync(cancellation);
        try
        {
            await using var db = await state.CreateDbContextAsync(cancellation);
            var row = await db.ModelVersions.FindAsync([modelId, version], cancellation);
            if (row is null && Versions(modelId).Length >= ModelLimits.MaxDeclaredVersions)
                return false;
            if (row is null)
                db.ModelVersions.Add(Row(modelId, version, declaration));
            else
                row.Declaration = declaration;
            await db.SaveChangesAsync(cancellation);
            if (row is null)
                _snapshot = _snapshot.WithVersions(modelId, [version]);
            return true;
        }
        finally
        {
            _change.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _change.Dispose();

    private ModelVersionRow Row(int modelId, string version, string? declaration) =>
        new()
        {
            ModelId = modelId,
            Version = version,
            Declaration = declaration,
            FirstSeenMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };

    private async Task<IReadOnlyDictionary<int, ImmutableArray<string>>> ReadVersionsAsync(
        StateDbContext db,
        CancellationToken cancellation
    )
    {
        var rows = await db.ModelVersions.OrderBy(row => row.FirstSeenMs).ThenBy(row => row.Version).ToListAsync(cancellation);
        // A folder of before versions had places may have more of them, and must not get others with each declaration that comes.
        foreach (
            var model in rows.Where(row => row.Declaration is null)
                .GroupBy(row => row.ModelId)
                .Where(model => model.All(row => row.Version != VersionPlaces.Other))
                .ToList()
        )
        {
            if (VersionPlaces.Beyond([.. model]) is not { Count: > 0 } beyond)
                continue;
            db.ModelVersions.RemoveRange(beyond);
            rows.RemoveAll(beyond.Contains);
            rows.Add(Row(model.Key, VersionPlaces.Other, declaration: null));
            db.ModelVersions.Add(rows[^1]);
        }

        await db.SaveChangesAsync(cancellation);
        return rows.GroupBy(row => row.ModelId)
            .ToDictionary(group => group.Key, group => group.Select(row => row.Version).ToImmutableArray());
    }

    private static ModelDefinition ReadDefinition(string definition, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelDefinition>(definition, Json) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"state.db is damaged: the definition of model '{name}' cannot be read ({error.Message}). Put the file back from a backup.",
                error
            );
        }
    }

    private async Task<ModelDefinition> ChangeAsync(
        int modelId,
        Func<ModelDefinition, ModelDefinition> change,
        CancellationToken cancellation
    )
    {
        // Nearly always nothing changes: look before taking the lock.
        if (Find(modelId) is { } known && ReferenceEquals(change(known), known))
            return known;
        await _change.WaitAsync(cancellation);
        try
        {
            var current = Find(modelId) ?? throw new InvalidOperationException($"Model {modelId} was deleted.");
            var changed = change(current);
            return ReferenceEquals(changed, current) ? current : await SaveAsync(changed, cancellation);
        }
        finally
        {
            _change.Release();
        }
    }

    private async Task<ModelDefinition> SaveAsync(ModelDefinition definition, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = definition.Id == 0 ? null : await db.Models.FindAsync([definition.Id], cancellation);
        if (row is null)
            db.Models.Add(row = new ModelRow { Name = definition.Name, Definition = "" });
        row.Definition = JsonSerializer.Serialize(definition, Json);
        await db.SaveChangesAsync(cancellation);
        var saved = definition with { Id = row.Id, VersionsApart = VersionPlaces.Apart(Versions(row.Id)) };
        _snapshot = _snapshot.With(saved);
        Changed?.Invoke(saved.Id);
        return saved;
    }
}
