using System.Collections.Concurrent;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Which models need to be looked at: those of which something changed (windows computed, rules written, the model declared anew), and
/// those for which the clock completes a further window. All others stand as they stood; looking at hundreds of idle models would cost a
/// core. While windows are computed one after the other a model is looked at now and then; as soon as that pauses, at once.
/// </summary>
public sealed class AlertAgenda(AlertingOptions options, TimeProvider time) : IDisposable
{
    /// <summary>So long without a further change, and a look need not wait for more.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<int, Change> _changes = new();
    private readonly ConcurrentDictionary<int, Look> _looks = new();
    private readonly WakeUp _wakeUp = new(time);

    private TimeSpan Pause => TimeSpan.FromMilliseconds(options.IntervalMs);

    /// <summary>Something that the rules of a model judge by has changed.</summary>
    public void Wake(int modelId)
    {
        var now = time.GetUtcNow();
        _changes.AddOrUpdate(
            modelId,
            new Change(1, now, now),
            (_, change) => new Change(change.Count + 1, IsSeen(modelId, change) ? now : change.First, now)
        );
        _wakeUp.Wake();
    }

    /// <summary>
    /// The state of a model's changes: given back with <see cref="Looked"/>, so that what comes during a look leads to another.
    /// </summary>
    public long Changes(int modelId) => _changes.TryGetValue(modelId, out var change) ? change.Count : 0;

    /// <summary>True while changes of a model wait to be looked at, whether a look is due or not yet.</summary>
    public bool IsWaiting(int modelId) => _changes.TryGetValue(modelId, out var change) && !IsSeen(modelId, change);

    /// <summary>
    /// True when the rules have looked at everything that changed, also since the server started: what was computed before that, too.
    /// </summary>
    public bool IsSettled(ModelDefinition model) =>
        _looks.TryGetValue(model.Id, out var look) && ReferenceEquals(look.Model, model) && !IsWaiting(model.Id);

    /// <summary>True when a look could find something new, and should not wait for more.</summary>
    public bool IsDue(ModelDefinition model, DateTimeOffset now)
    {
        if (!_looks.TryGetValue(model.Id, out var look) || !ReferenceEquals(look.Model, model) || now >= look.Next)
            return true;
        return _changes.TryGetValue(model.Id, out var change)
            && change.Count != look.Changes
            && (now - change.Last >= Quiet || now - change.First >= Pause);
    }

    /// <summary>A model was looked at; without further changes the next look is due when the next window is complete.</summary>
    public void Looked(ModelDefinition model, long changes, DateTimeOffset next) => _looks[model.Id] = new Look(model, changes, next);

    /// <summary>A look failed: the next one is due after the pause between two looks.</summary>
    public void Failed(ModelDefinition model, long changes) => Looked(model, changes, time.GetUtcNow() + Pause);

    /// <summary>Returns when a look may be due: soon after something changed, else after the pause between two looks.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        return _changes.Any(change => !IsSeen(change.Key, change.Value))
            ? Task.Delay(Pause < Quiet ? Pause : Quiet / 2, time, cancellation)
            : _wakeUp.WaitAsync(Pause, cancellation);
    }

    /// <summary>A model was deleted.</summary>
    public void Forget(int modelId)
    {
        _changes.TryRemove(modelId, out _);
        _looks.TryRemove(modelId, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _wakeUp.Dispose();

    private bool IsSeen(int modelId, Change change) => _looks.TryGetValue(modelId, out var look) && look.Changes == change.Count;

    /// <summary>How often something changed, and when, since the last look, for the first and the last time.</summary>
    private sealed record Change(long Count, DateTimeOffset First, DateTimeOffset Last);

    private sealed record Look(ModelDefinition Model, long Changes, DateTimeOffset Next);
}
