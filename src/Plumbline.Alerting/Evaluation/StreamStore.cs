using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>What the streams of some rules remember, as it is stored.</summary>
internal sealed class StreamStore : IRuleMemory
{
    /// <inheritdoc/>
    public Task ForgetAsync(StateDbContext db, int modelId, string rule, CancellationToken cancellation) =>
        db.AlertStreams.Where(stream => stream.ModelId == modelId && stream.Rule == rule).ExecuteDeleteAsync(cancellation);

    /// <summary>Replaces all that is stored of these rules, in the caller's transaction.</summary>
    public static async Task WriteAsync(
        StateDbContext db,
        int modelId,
        IReadOnlyList<Rule> rules,
        IReadOnlyDictionary<StreamKey, StreamState> streams,
        CancellationToken cancellation
    )
    {
        var names = rules.Select(rule => rule.Name).ToList();
        await db.AlertStreams.Where(row => row.ModelId == modelId && names.Contains(row.Rule)).ExecuteDeleteAsync(cancellation);
        db.AlertStreams.AddRange(
            streams.Select(pair => new AlertStreamRow
            {
                ModelId = modelId,
                Rule = pair.Key.Rule,
                Metric = pair.Key.Metric,
                Feature = pair.Key.Feature,
                Class = pair.Key.Class,
                Segment = pair.Key.Segment,
                Version = pair.Key.Version,
                Status = (int)pair.Value.Status,
                Reason = pair.Value.Reason ?? "",
                State = pair.Value.Write(),
            })
        );
    }
}
