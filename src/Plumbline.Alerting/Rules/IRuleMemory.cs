using Plumbline.Registry.State;

namespace Plumbline.Alerting.Rules;

/// <summary>What was remembered while a rule was evaluated; it belongs to the rule as it is declared.</summary>
public interface IRuleMemory
{
    /// <summary>Forgets what belongs to a rule that is deleted or changed.</summary>
    Task ForgetAsync(StateDbContext db, int modelId, string rule, CancellationToken cancellation);
}
