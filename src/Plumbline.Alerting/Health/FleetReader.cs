using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Health;

/// <summary>One model in the fleet.</summary>
public sealed record FleetRow(ModelDefinition Model, HealthFacts? Facts, IReadOnlyList<LayerHealth> Layers)
{
    /// <summary>Worst layer first, then how many layers are that bad: the order of attention.</summary>
    public int Risk => Layers.Sum(layer => layer.State switch { HealthState.Bad => 1000, HealthState.Watch => 10, HealthState.Unknown => 1, _ => 0 });
}

/// <summary>
/// Every model with the health of its four layers. All readers within a few seconds share one reading, so that an open
/// Fleet page on ten screens costs what one costs.
/// </summary>
public sealed class FleetReader(HealthFactsReader facts, ModelCatalog models, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SharedFor = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyDictionary<int, HealthFacts>? _facts;
    private long _readAt;

    /// <summary>All models, by name.</summary>
    public async Task<IReadOnlyList<FleetRow>> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (_facts is null || time.GetElapsedTime(_readAt) > SharedFor)
                (_facts, _readAt) = (await facts.ReadAsync(model: null, cancellation), time.GetTimestamp());
            var known = _facts;
            return [.. models.All.Select(model => new FleetRow(model, known.GetValueOrDefault(model.Id), HealthJudge.Judge(known.GetValueOrDefault(model.Id))))];
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();
}
