using System.Globalization;
using Plumbline.Events;

namespace Plumbline.Registry.Spooling;

/// <summary>The tables of the spool's file, and reading them back at start.</summary>
internal static class SpoolSchema
{
    private const long FormatVersion = 1;

    /// <summary>Makes the tables when absent; returns the spool's own id.</summary>
    public static string Prepare(SpoolDatabase database, TimeProvider time)
    {
        database.RunScript(
            """
            CREATE TABLE IF NOT EXISTS format(version INTEGER NOT NULL, spool_id TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS batches(sequence INTEGER PRIMARY KEY AUTOINCREMENT, model INTEGER NOT NULL, kind INTEGER NOT NULL,
                rows INTEGER NOT NULL, appended_at INTEGER NOT NULL, payload BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS blocks(number INTEGER PRIMARY KEY AUTOINCREMENT, model INTEGER NOT NULL, kind INTEGER NOT NULL,
                first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
                planned_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, failure TEXT);
            CREATE TABLE IF NOT EXISTS counters(model INTEGER NOT NULL, kind INTEGER NOT NULL,
                received INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(model, kind)) WITHOUT ROWID;
            """
        );
        string? id = null;
        database.Query(
            "SELECT version, spool_id FROM format",
            row =>
            {
                if (row.Int64(0) != FormatVersion)
                {
                    throw new SpoolException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"The spool has format {row.Int64(0)}; this version reads {FormatVersion}."
                        )
                    );
                }

                id = row.Text(1);
            }
        );
        if (id is not null)
            return id;

        // Block numbers and tokens must never come again, not even when the spool is lost and the column store is not: the store would
        // take new rows for old ones. Hence numbers that start at the time, and a token with the spool's own id.
        id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[^12..];
        var firstNumber = time.GetUtcNow().ToUnixTimeSeconds() * 1_000_000;
        database.Run("BEGIN IMMEDIATE");
        database.RunWithText("INSERT INTO format(version, spool_id) VALUES(?1, ?2)", id, FormatVersion);
        database.Run("INSERT INTO sqlite_sequence(name, seq) VALUES('blocks', ?1)", firstNumber);
        database.Run("COMMIT");
        return id;
    }

    /// <summary>Reads counters, open blocks and waiting batches.</summary>
    public static void Load(SpoolDatabase database, string spoolId, SpoolState state)
    {
        database.Query(
            "SELECT model, kind, received, duplicate, rejected, stored FROM counters",
            row =>
                state.Count(
                    (int)row.Int64(0),
                    (EventKind)row.Int64(1),
                    new SpoolCounters(row.Int64(2), row.Int64(3), row.Int64(4), row.Int64(5), 0)
                )
        );
        var blocks = new List<(long Number, int ModelId, EventKind Kind, long First, long Last, string? Failure)>();
        database.Query(
            "SELECT number, model, kind, first_sequence, last_sequence, failure FROM blocks ORDER BY number",
            row => blocks.Add((row.Int64(0), (int)row.Int64(1), (EventKind)row.Int64(2), row.Int64(3), row.Int64(4), row.Text(5)))
        );
        var waiting = new Dictionary<(int, EventKind), List<WaitingBatch>>();
        database.Query(
            "SELECT sequence, model, kind, rows, appended_at, length(payload) FROM batches ORDER BY sequence",
            row =>
            {
                var key = ((int)row.Int64(1), (EventKind)row.Int64(2));
                if (!waiting.TryGetValue(key, out var batches))
                    waiting.Add(key, batches = []);
                batches.Add(
                    new WaitingBatch(
                        row.Int64(0),
                        (int)row.Int64(3),
                        (int)row.Int64(5),
                        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(4))
                    )
                );
            }
        );
        foreach (var ((modelId, kind), batches) in waiting)
        {
            var rows = batches.Sum(static b => (long)b.Rows);
            state.Reserve(batches.Sum(static b => (long)b.Bytes));
            state.Count(modelId, kind, new SpoolCounters(0, 0, 0, 0, rows));
            foreach (var block in blocks.Where(b => b.ModelId == modelId && b.Kind == kind))
            {
                var members = batches.FindAll(b => b.Sequence >= block.First && b.Sequence <= block.Last);
                batches.RemoveAll(b => b.Sequence >= block.First && b.Sequence <= block.Last);
                state.Plan(
                    new SpoolBlock(
                        block.Number,
                        modelId,
                        kind,
                        [.. members.Select(static b => b.Sequence)],
                        members.Sum(static b => (long)b.Rows),
                        members.Sum(static b => (long)b.Bytes),
                        SpoolState.Token(spoolId, block.Number),
                        block.Failure
                    )
                );
            }
            foreach (var batch in batches)
                state.Wait(modelId, kind, batch);
        }
    }
}
