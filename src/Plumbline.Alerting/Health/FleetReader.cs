using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Health;

/// <summary>One model in the fleet.</summary>
public sealed record FleetRow(ModelDefinition Model, HealthFacts? Facts, IReadOnlyList<LayerHealth> Layers)
{
    /// <summary>Worst layer first, then how many layers are that bad: the order of attention.</summary>
    public int Risk =>
        Layers.Sum(layer =>
            layer.State switch
            {
                HealthState.Bad => 1000,
                HealthState.Watch => 10,
                HealthState.Unknown => 1,
                _ => 0,
            }
        );
}

/// <summary>
/// Every model with the health of its four layers. All readers within a few seconds share one reading, so that an open
/// Fleet page on ten screens costs what one costs.
/// </summary>
public sealed class FleetReader(HealthFactsReader facts, RuleFindingsReader findings, ModelCatalog models, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SharedFor = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyDictionary<int, HealthFacts> _facts = new Dictionary<int, HealthFacts>();
    private IReadOnlyDictionary<int, RuleFindings> _findings = new Dictionary<int, RuleFindings>();
    private long? _readAt;

    /// <summary>All models, by name.</summary>
    public async Task<IReadOnlyList<FleetRow>> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (_readAt is not { } readAt || time.GetElapsedTime(readAt) > SharedFor)
            {
                _facts = await facts.ReadAsync(model: null, cancellation);
                _findings = await findings.ReadAsync(model: null, cancellation);
                _readAt = time.GetTimestamp();
            }
            return [.. models.All.Select(Row)];
        }
        finally
        {
            _reading.Release();
        }
    }

    private FleetRow Row(ModelDefinition model)
    {
        var numbers = _facts.GetValueOrDefault(model.Id);
        return new FleetRow(model, numbers, LayerStates.Of(numbers, _findings.GetValueOrDefault(model.Id)));
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();
}
