using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Takes what evaluation finds: streams that began to fire, and streams that ended. Evaluation knows nothing of what is made of them.
/// </summary>
public interface ITransitionSink
{
    /// <summary>Writes into the evaluation's own transaction, so that a step is taken wholly or not at all.</summary>
    Task ApplyAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        IReadOnlyList<StreamTransition> transitions,
        CancellationToken cancellation
    );

    /// <summary>When something urgent fired for a model, by some of its rules, as far as it may concern windows from a time on.</summary>
    Task<IReadOnlyList<Disturbance>> DisturbancesAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<string> rules,
        DateTimeOffset from,
        CancellationToken cancellation
    );

    /// <summary>
    /// Further windows of models were judged, or their ground truth has come: what was found of them before may say more now.
    /// </summary>
    Task ReassessAsync(IReadOnlyCollection<int> modelIds, CancellationToken cancellation);

    /// <summary>After steps were taken: works on what has changed since the last call.</summary>
    Task SettleAsync(CancellationToken cancellation);
}
