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
    internal static StoredPolicy Of(ReviewPolicyRow row) =>
        new(
            row.Id,
            JsonSerializer.Deserialize<ReviewPolicy>(row.Definition, ReviewPolicy.Json)!,
            DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAtMs),
            row.UpdatedBy,
            row.DrawnToMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null
        );
}

/// <summary>The policies of models.</summary>
public sealed class PolicyStore(IDbContextFactory<StateDbContext> state, TimeProvider time) : IDisposable
{
    /// <summary>Policies per model.</summary>
    public const int MaxPolicies = 50;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Raised after a policy was written.</summary>
    public event Action? Changed;

    /// <summary>The policies of a model, by name.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .ReviewPolicies.AsNoTracking()
            .Where(row => row.ModelId == model.Id)
            .OrderBy(row => row.Name)
            .ToListAsync(cancellation);
        return [.. rows.Select(StoredPolicy.Of)];
    }

    /// <summary>The policy of that name; null when there is none.</summary>
    public async Task<StoredPolicy?> FindAsync(ModelDefinition model, string name, CancellationToken cancellation) =>
        (await ReadAsync(model, cancellation)).FirstOrDefault(stored => stored.Policy.Name == name);

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
            row = new ReviewPolicyRow
            {
                ModelId = model.Id,
                Name = policy.Name,
                Definition = definition,
                UpdatedBy = who,
            };
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
}
