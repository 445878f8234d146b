using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Review.Tasks;

/// <summary>What became of predictions that somebody named.</summary>
/// <param name="Made">Tasks that were made of them.</param>
/// <param name="Known">Those that had a task already, whatever came of it.</param>
/// <param name="Missing">Ids of which no prediction is stored.</param>
/// <param name="IsFull">True: there is no room for them (<see cref="ReviewOptions.MaxOpenTasks"/>), and none was made.</param>
public sealed record HandTaskResult(int Made, int Known, IReadOnlyList<string> Missing, bool IsFull = false);

/// <summary>
/// Tasks of predictions that somebody names. No draw chose them, so they are in no estimate; their answers are ground truth as all others.
/// They come first: somebody waits for them.
/// </summary>
public sealed class HandTasks(
    IColumnStore store,
    ModelTables tables,
    ScoreReader scores,
    IDbContextFactory<StateDbContext> state,
    ReviewOptions options,
    TimeProvider time
)
{
    /// <summary>Predictions of one request.</summary>
    public const int MostAtOnce = 500;

    /// <summary>People who may be asked about one: 1..9.</summary>
    public const int MostAnnotators = 9;

    private const double Rank = 1;
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    /// <summary>Makes a task of each that has none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">Ids of predictions, at most <see cref="MostAtOnce"/>.</param>
    /// <param name="annotators">Answers wanted of each.</param>
    /// <param name="cancellation">Stops before anything is stored.</param>
    public async Task<HandTaskResult> AddAsync(
        ModelDefinition model,
        IReadOnlyCollection<string> ids,
        int annotators,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] named = [.. ids.Distinct(StringComparer.Ordinal)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(named.Length, MostAtOnce);
        var found = await FindAsync(model, named, cancellation);
        var evidence = await scores.ReadAsync(model, [.. found.Values.Select(one => one.Place)], cancellation);
        string[] missing = [.. named.Where(id => !found.ContainsKey(id))];
        await using var db = await state.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var known = await db
            .ReviewTasks.Where(task => task.ModelId == model.Id && named.Contains(task.PredictionId))
            .Select(task => task.PredictionId)
            .ToListAsync(cancellation);
        var made = found.Keys.Except(known, StringComparer.Ordinal).ToList();
        var open = await db.ReviewTasks.CountAsync(row => row.State == (int)TaskState.Open, cancellation);
        if (open + made.Count > options.MaxOpenTasks)
            return new(0, known.Count, missing, IsFull: true);
        foreach (var id in made)
            db.ReviewTasks.Add(NewTask(model, found[id], annotators, TaskEvidence.Of(0, evidence.GetValueOrDefault(id))));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return new(made.Count, known.Count, missing);
    }

    private async Task<Dictionary<string, Named>> FindAsync(ModelDefinition model, string[] ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, Named>(StringComparer.Ordinal);
        if (ids.Length == 0)
            return found;
        await tables.EnsureAsync(model.Id, [], cancellation);
        var answer = model.Task == ModelTask.Regression ? "toString(prediction_value)" : "toString(prediction)";
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                WITH (SELECT groupArray(reinterpretAsUInt64(substring(SHA256(arrayJoin({ids:Array(String)})), 1, 8)))) AS hashes
                SELECT prediction_id, id_hash, timestamp, toString(version), {{answer}} FROM {{ModelTables.Predictions(model.Id)}}
                WHERE has(hashes, id_hash) AND has({ids:Array(String)}, prediction_id) AND role = 'primary'
                ORDER BY timestamp DESC LIMIT 1 BY id_hash, prediction_id
                """,
                new SqlParameter("ids", ids)
            ),
            cancellation
        );
        while (rows.Read())
        {
            var (id, hash, at) = (rows.ReadString(), rows.ReadUInt64(), rows.ReadDateTime64());
            found[id] = new Named(new PredictionPlace(id, hash, at), rows.ReadString(), rows.ReadString());
        }

        return found;
    }

    private ReviewTaskRow NewTask(ModelDefinition model, Named named, int annotators, TaskEvidence evidence)
    {
        var task = ReviewTaskRow.Begin(model, named.Place, (named.Version, named.Answer), evidence, time.GetUtcNow(), Age);
        (task.Rank, task.Wanted) = (Rank, annotators);
        return task;
    }

    private sealed record Named(PredictionPlace Place, string Version, string Answer);
}
