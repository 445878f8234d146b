using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;
using Plumbline.Statistics;
using Plumbline.Store;

namespace Plumbline.Bench.Review;

/// <summary>The tasks of a model in the state database, written and removed past the code that is measured.</summary>
internal sealed class OpenTasks(BenchHost host, ModelDefinition model)
{
    private const int TasksAtOnce = 50_000;

    private const string Columns =
        "ModelId, PredictionId, IdHash, TimestampMs, Version, Answer, State, Rank, Wanted, PolicyId, Evidence, CreatedAtMs, ExpiresAtMs, "
        + "LockedUntilMs";

    /// <summary>Forgets what was drawn.</summary>
    public async Task ClearAsync()
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        foreach (var table in new[] { "review_selection", "review_task", "review_draw" })
        {
            await using var command = await CommandAsync(db, $"DELETE FROM {table}");
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Gives all tasks one rank, as those have that were drawn without scores.</summary>
    public async Task LevelAsync()
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        await using var command = await CommandAsync(db, "UPDATE review_task SET Rank = 0");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Makes every prediction of the model an open task that is none yet; those have what a drawn one has.</summary>
    public async Task<int> FillAsync()
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        var pattern = await db.ReviewTasks.AsNoTracking().OrderBy(task => task.Id).FirstAsync();
        var known = (await db.ReviewTasks.Select(task => task.PredictionId).ToListAsync()).ToHashSet(StringComparer.Ordinal);
        await using var command = await CommandAsync(
            db,
            $"INSERT INTO review_task ({Columns}) VALUES (@model, @id, @hash, @at, @version, @answer, 0, @rank, 1, @policy, @evidence, "
                + "@created, @expires, 0)"
        );
        command.Transaction = await command.Connection!.BeginTransactionAsync();
        Set(command, "model", model.Id);
        Set(command, "version", pattern.Version);
        Set(command, "policy", pattern.PolicyId!);
        Set(command, "evidence", pattern.Evidence);
        Set(command, "created", pattern.CreatedAtMs);
        Set(command, "expires", pattern.ExpiresAtMs);
        var random = new RandomSource(9);
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement($"SELECT prediction_id, id_hash, timestamp, prediction FROM {ModelTables.Predictions(model.Id)}"),
                default
            );
        while (rows.Read())
        {
            var (id, hash, at, answer) = (rows.ReadString(), rows.ReadUInt64(), rows.ReadDateTime64(), rows.ReadString());
            if (!known.Add(id))
                continue;
            Set(command, "id", id);
            Set(command, "hash", unchecked((long)hash));
            Set(command, "at", at.ToUnixTimeMilliseconds());
            Set(command, "answer", answer);
            Set(command, "rank", random.NextDouble() / 2);
            await command.ExecuteNonQueryAsync();
            if (known.Count % TasksAtOnce == 0)
            {
                // Others of the server write between two parts.
                await CommitAsync();
                command.Transaction = await command.Connection!.BeginTransactionAsync();
            }
        }

        await CommitAsync();
        return known.Count;

        async Task CommitAsync()
        {
            await command.Transaction!.CommitAsync();
            await command.Transaction.DisposeAsync();
        }
    }

    private static void Set(DbCommand command, string name, object value)
    {
        if (!command.Parameters.Contains(name))
        {
            var made = command.CreateParameter();
            made.ParameterName = name;
            command.Parameters.Add(made);
        }

        command.Parameters[name].Value = value;
    }

    private static async Task<DbCommand> CommandAsync(StateDbContext db, string text)
    {
        await db.Database.OpenConnectionAsync();
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        return command;
    }
}
