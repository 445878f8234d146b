using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Tasks;

/// <summary>The prediction of a task, as it is stored.</summary>
public sealed class TaskReader(IColumnStore store, ModelTables tables, PredictionQueries predictions)
{
    /// <summary>Its row with all features; null when it is not stored any more.</summary>
    public Task<PredictionRow?> FindAsync(ModelDefinition model, ReviewTaskRow task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        return predictions.FindRowAsync(model, PlaceOf(task), cancellation);
    }

    /// <summary>Whether it is stored still.</summary>
    public async Task<bool> IsStoredAsync(ModelDefinition model, ReviewTaskRow task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        var place = PlaceOf(task);
        await tables.EnsureAsync(model.Id, [], cancellation);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT 1 FROM {ModelTables.Predictions(model.Id)} WHERE timestamp = {{at:DateTime64(3, 'UTC')}} AND id_hash = "
                    + "{hash:UInt64} AND prediction_id = {id:String} LIMIT 1",
                new("at", place.Timestamp),
                new("hash", place.IdHash),
                new("id", place.Id)
            ),
            cancellation
        );
        return rows.Read();
    }

    private static PredictionPlace PlaceOf(ReviewTaskRow task) =>
        new(task.PredictionId, unchecked((ulong)task.IdHash), DateTimeOffset.FromUnixTimeMilliseconds(task.TimestampMs));
}
