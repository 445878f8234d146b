using System.Collections.Concurrent;

namespace Plumbline.Alerting.Evaluation;

/// <summary>When each model was judged last, and what went wrong, for the health page.</summary>
public sealed class AlertPassState
{
    private readonly ConcurrentDictionary<int, AlertPassSnapshot> _models = new();

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _models.TryRemove(modelId, out _);

    public AlertPassSnapshot? Find(int modelId) => _models.GetValueOrDefault(modelId);

    public void Evaluated(int modelId, DateTimeOffset at) => _models[modelId] = new AlertPassSnapshot(at, null);

    public void Failed(int modelId, string error, DateTimeOffset at) => _models[modelId] = new AlertPassSnapshot(at, error);
}

/// <summary>The last look at a model's rules.</summary>
public sealed record AlertPassSnapshot(DateTimeOffset At, string? Error);
