using System.Collections.Concurrent;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Which models need to be looked at: those of which something changed (windows computed, rules written, the model declared anew), and those for
/// which the clock completes a further window. All others stand as they stood; looking at hundreds of idle models would cost a core.
/// </summary>
public sealed class AlertAgenda
{
    private readonly ConcurrentDictionary<int, long> _changes = new();
    private readonly ConcurrentDictionary<int, Look> _looks = new();

    /// <summary>Something that the rules of a model judge by has changed.</summary>
    public void Wake(int modelId) => _changes.AddOrUpdate(modelId, 1, (_, count) => count + 1);

    /// <summary>The state of a model's changes: given back with <see cref="Looked"/>, so that what comes during a look leads to another.</summary>
    public long Changes(int modelId) => _changes.GetValueOrDefault(modelId);

    /// <summary>True when a look could find something new.</summary>
    public bool IsDue(ModelDefinition model, DateTimeOffset now) =>
        !_looks.TryGetValue(model.Id, out var look) || look.Changes != Changes(model.Id) || !ReferenceEquals(look.Model, model) || now >= look.Next;

    /// <summary>A model was looked at; without further changes the next look is due when the next window is complete.</summary>
    public void Looked(ModelDefinition model, long changes, DateTimeOffset next) => _looks[model.Id] = new Look(model, changes, next);

    /// <summary>A model was deleted.</summary>
    public void Forget(int modelId)
    {
        _changes.TryRemove(modelId, out _);
        _looks.TryRemove(modelId, out _);
    }

    private sealed record Look(ModelDefinition Model, long Changes, DateTimeOffset Next);
}
