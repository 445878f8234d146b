using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Review.Policies;

/// <summary>A policy with what is known of it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Policy">As it was declared.</param>
/// <param name="UpdatedAt">When that was.</param>
/// <param name="UpdatedBy">By whom.</param>
/// <param name="DrawnTo">Predictions before this time have had their draw; null before the first.</param>
public sealed record StoredPolicy(int Id, ReviewPolicy Policy, DateTimeOffset UpdatedAt, string UpdatedBy, DateTimeOffset? DrawnTo)
{
    /// <summary>Whether the configuration file declares it: it is changed there.</summary>
    public bool IsDeclared { get; init; }

    /// <summary>Why one of the file does not fit the model, and draws nothing; null for any other.</summary>
    public string? Problem { get; init; }

    internal static StoredPolicy Of(ReviewPolicyRow row) =>
        new(
            row.Id,
            JsonSerializer.Deserialize<ReviewPolicy>(row.Definition, ReviewPolicy.Json)!,
            DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAtMs),
            row.UpdatedBy,
            row.DrawnToMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null
        );
}

/// <summary>
/// The policies of models: those that people made, and those of the configuration file, which have rows like the others, because tasks and
/// draws are about them.
/// </summary>
public sealed class PolicyStore(IDbContextFactory<StateDbContext> state, FilePolicies file, TimeProvider time) : IDisposable
{
    // No account and no key is called so: a space is in no name.
    private const string FileName = "configuration file";
    private readonly ConcurrentDictionary<int, bool> _aligned = new();

    /// <summary>Policies per model.</summary>
    public const int MaxPolicies = 50;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Raised after a policy was written.</summary>
    public event Action? Changed;

    /// <summary>The policies of a model, by name.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await AlignAsync(model, cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .ReviewPolicies.AsNoTracking()
            .Where(row => row.ModelId == model.Id)
            .OrderBy(row => row.Name)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => Judged(StoredPolicy.Of(row), model))];
    }

    /// <summary>
    /// Has the rows of a model say what the configuration file says: its policies are there as declared, and those that it does not declare
    /// any more are removed. Done once while the server runs.
    /// </summary>
    public async Task AlignAsync(ModelDefinition model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_aligned.ContainsKey(model.Id))
            return;
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var own = db.ReviewPolicies.Where(row => row.ModelId == model.Id);
        var rows = await own.AsNoTracking().ToListAsync(cancellation);
        var declared = Declared(model).ToList();
        string[] names = [.. declared.Select(policy => policy.Name)];
        // By statements, which a row that is gone meanwhile, with its model, does not trouble.
        var changed = await own.Where(row => row.UpdatedBy == FileName && !names.Contains(row.Name)).ExecuteDeleteAsync(cancellation);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var policy in declared)
        {
            var definition = JsonSerializer.Serialize(policy, ReviewPolicy.Json);
            var row = rows.Find(row => row.Name == policy.Name);
            if (row is null)
            {
                row = NewRow(model, policy, definition, FileName);
                row.UpdatedAtMs = now;
                db.ReviewPolicies.Add(row);
                changed++;
            }
            else if (row.UpdatedBy != FileName || row.Definition != definition)
            {
                changed += await own.Where(other => other.Id == row.Id)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(other => other.Definition, definition)
                                .SetProperty(other => other.UpdatedAtMs, now)
                                .SetProperty(other => other.UpdatedBy, FileName),
                        cancellation
                    );
            }
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        _aligned[model.Id] = true;
        if (changed > 0)
            Changed?.Invoke();
    }

    /// <summary>Forgets a deleted model.</summary>
    internal void Forget(int modelId) => _aligned.TryRemove(modelId, out _);

    /// <summary>True for a policy that the configuration file declares for this model: it is changed there.</summary>
    public bool IsDeclared(ModelDefinition model, string name) => Declared(model).Any(policy => policy.Name == name);

    /// <summary>A policy with what the file and the model say of it.</summary>
    internal StoredPolicy Judged(StoredPolicy stored, ModelDefinition model) =>
        IsDeclared(model, stored.Policy.Name)
            ? stored with
            {
                IsDeclared = true,
                Problem = PolicyCheck.Check(stored.Policy, model) is { Count: > 0 } errors
                    ? string.Join(" ", errors.Select(error => $"{error.Field}: {error.Reason}"))
                    : null,
            }
            : stored;

    /// <summary>The policy of that name; null when there is none.</summary>
    public async Task<StoredPolicy?> FindAsync(ModelDefinition model, string name, CancellationToken cancellation) =>
        (await ReadAsync(model, cancellation)).FirstOrDefault(stored => stored.Policy.Name == name);

    /// <summary>The policy of that number; null when there is none, or the number is.</summary>
    public async Task<StoredPolicy?> FindAsync(ModelDefinition model, int? id, CancellationToken cancellation) =>
        id is null ? null : (await ReadAsync(model, cancellation)).FirstOrDefault(stored => stored.Id == id);

    /// <summary>Saves a policy, in place of one of the same name; false when the model has <see cref="MaxPolicies"/> already.</summary>
    public async Task<bool> PutAsync(ModelDefinition model, ReviewPolicy policy, string who, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.ReviewPolicies.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Name == policy.Name, cancellation);
        if (row is null && await db.ReviewPolicies.CountAsync(other => other.ModelId == model.Id, cancellation) >= MaxPolicies)
            return false;
        var definition = JsonSerializer.Serialize(policy, ReviewPolicy.Json);
        if (row is null)
        {
            row = NewRow(model, policy, definition, who);
            db.ReviewPolicies.Add(row);
        }

        (row.Definition, row.UpdatedAtMs, row.UpdatedBy) = (definition, time.GetUtcNow().ToUnixTimeMilliseconds(), who);
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return true;
    }

    /// <summary>Removes a policy; its tasks stay, so that answers keep their meaning. False when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(ModelDefinition model, string name, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        return await db.ReviewPolicies.Where(row => row.ModelId == model.Id && row.Name == name).ExecuteDeleteAsync(cancellation) > 0;
    }

    public void Dispose() => _changing.Dispose();

    // What is declared for one model goes before what is declared for all.
    private IEnumerable<ReviewPolicy> Declared(ModelDefinition model) =>
        file
            .All.Where(entry => entry.Model == "*" || entry.Model == model.Name)
            .OrderBy(entry => entry.Model == "*")
            .Select(entry => entry.Policy)
            .OfType<ReviewPolicy>()
            .DistinctBy(policy => policy.Name);

    private static ReviewPolicyRow NewRow(ModelDefinition model, ReviewPolicy policy, string definition, string who) =>
        new()
        {
            ModelId = model.Id,
            Name = policy.Name,
            Definition = definition,
            UpdatedBy = who,
        };
}
