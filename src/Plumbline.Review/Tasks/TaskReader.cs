using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Tasks;

/// <summary>The prediction of a task, as it is stored.</summary>
public sealed class TaskReader(IColumnStore store, ModelTables tables, PredictionQueries predictions)
{
    /// <summary>The whole decision; null when it is not stored any more.</summary>
    public Task<Decision?> FindAsync(ModelDefinition model, ReviewTaskRow task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        return predictions.FindAsync(model, task.PredictionId, cancellation);
    }

    /// <summary>Whether it is stored still.</summary>
    public async Task<bool> IsStoredAsync(ModelDefinition model, ReviewTaskRow task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        await tables.EnsureAsync(model.Id, [], cancellation);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT 1 FROM {ModelTables.Predictions(model.Id)} WHERE timestamp = {{at:DateTime64(3, 'UTC')}} AND id_hash = "
                    + "{hash:UInt64} AND prediction_id = {id:String} LIMIT 1",
                new("at", DateTimeOffset.FromUnixTimeMilliseconds(task.TimestampMs)),
                new("hash", unchecked((ulong)task.IdHash)),
                new("id", task.PredictionId)
            ),
            cancellation
        );
        return rows.Read();
    }
}
