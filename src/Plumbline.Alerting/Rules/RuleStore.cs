using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Rules;

/// <summary>The rules of each model: the defaults, those of people, and the switches of both.</summary>
public sealed class RuleStore(IDbContextFactory<StateDbContext> state, IRuleMemory memory, AlertingOptions options, TimeProvider time)
    : IDisposable
{
    // Two who change one rule at a time would both find it new, or one would change what the other has just deleted.
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Stored rules per model.</summary>
    public const int MaxRules = 200;

    /// <summary>Raised with the model's id after a rule of it was written, switched or deleted.</summary>
    public event Action<int>? Changed;

    /// <summary>Every rule of a model, the default ones first, switched off ones included.</summary>
    public async Task<IReadOnlyList<Rule>> ReadAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var stored = await db.Rules.AsNoTracking().Where(row => row.ModelId == model.Id).OrderBy(row => row.Name).ToListAsync(cancellation);
        var byName = stored.ToDictionary(row => row.Name, StringComparer.Ordinal);
        var defaults = DefaultRules
            .For(model)
            .Where(rule => !byName.TryGetValue(rule.Name, out var row) || row.Definition is null)
            .Select(rule => byName.TryGetValue(rule.Name, out var row) ? rule with { Enabled = row.Enabled } : rule);
        var declared = Declared(model).ToList();
        var taken = declared.Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal);
        // A rule may be older than what is known of the classes: points carry the model's own spelling.
        return
        [
            .. (
                (IEnumerable<Rule>)
                    [
                        .. defaults
                            .Concat(stored.Where(row => row.Definition is not null).Select(Read))
                            .Where(rule => !taken.Contains(rule.Name)),
                        .. declared,
                    ]
            ).Select(rule => rule.Class is null ? rule : rule with { Class = model.ClassOf(rule.Class) }),
        ];
    }

    /// <summary>True for a rule that the configuration file declares for this model: it is changed there.</summary>
    public bool IsDeclared(ModelDefinition model, string name) => Declared(model).Any(rule => rule.Name == name);

    /// <summary>
    /// Saves a rule of people, in place of one of the same name. Returns false when the model has <see cref="MaxRules"/> already.
    /// </summary>
    public async Task<bool> PutAsync(ModelDefinition model, Rule rule, RuleSource source, string who, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        return await SaveAsync(model, rule, source, who, cancellation);
    }

    /// <summary>Switches a rule on or off; also a default one. False when there is no such rule.</summary>
    public async Task<bool> SwitchAsync(ModelDefinition model, string name, bool enabled, string who, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        var rule = (await ReadAsync(model, cancellation)).FirstOrDefault(rule => rule.Name == name);
        if (rule is null)
            return false;
        if (rule.Source != RuleSource.Default)
            return await SaveAsync(model, rule with { Enabled = enabled }, rule.Source, who, cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Rules.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Name == name, cancellation);
        if (row is null)
            db.Rules.Add(row = new RuleRow { ModelId = model.Id, Name = name });
        (row.Source, row.Enabled, row.UpdatedAtMs, row.UpdatedBy) = (
            (int)RuleSource.Default,
            enabled,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            who
        );
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke(model.Id);
        return true;
    }

    /// <summary>
    /// Forgets a rule of people, with what its streams remember; a default of that name is then in force again. False when there is none.
    /// </summary>
    public async Task<bool> DeleteAsync(ModelDefinition model, string name, CancellationToken cancellation)
    {
        using var turn = await _changing.EnterAsync(cancellation);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await memory.ForgetAsync(db, model.Id, name, cancellation);
        var found = await db.Rules.Where(row => row.ModelId == model.Id && row.Name == name).ExecuteDeleteAsync(cancellation) > 0;
        Changed?.Invoke(model.Id);
        return found;
    }

    public void Dispose() => _changing.Dispose();

    private async Task<bool> SaveAsync(ModelDefinition model, Rule rule, RuleSource source, string who, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var row = await db.Rules.FirstOrDefaultAsync(row => row.ModelId == model.Id && row.Name == rule.Name, cancellation);
        if (row is null)
        {
            if (await db.Rules.CountAsync(other => other.ModelId == model.Id, cancellation) >= MaxRules)
                return false;
            db.Rules.Add(row = new RuleRow { ModelId = model.Id, Name = rule.Name });
        }

        var definition = JsonSerializer.Serialize(rule, Rule.Json);
        // What the streams remember belongs to the rule as it was.
        if (row.Definition != definition)
            await memory.ForgetAsync(db, model.Id, rule.Name, cancellation);
        (row.Definition, row.Source, row.Enabled, row.UpdatedAtMs, row.UpdatedBy) = (
            definition,
            (int)source,
            rule.Enabled,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            who
        );
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke(model.Id);
        return true;
    }

    private IEnumerable<Rule> Declared(ModelDefinition model)
    {
        foreach (
            var rule in options
                .Rules.Where(entry => entry.Model == "*" || entry.Model == model.Name)
                .Select(entry => entry.Rule)
                .OfType<Rule>()
        )
        {
            // A rule for every model need not fit each: where it does not, it is off and says why.
            var errors = RuleCheck.Check(rule, model);
            yield return rule with
            {
                Source = RuleSource.File,
                Enabled = rule.Enabled && errors.Count == 0,
                Problem = errors.Count == 0 ? null : string.Join(" ", errors.Select(error => $"{error.Field}: {error.Reason}")),
            };
        }
    }

    private static Rule Read(RuleRow row) =>
        JsonSerializer.Deserialize<Rule>(row.Definition!, Rule.Json)! with
        {
            Id = row.Id,
            Source = (RuleSource)row.Source,
            Enabled = row.Enabled,
        };
}
