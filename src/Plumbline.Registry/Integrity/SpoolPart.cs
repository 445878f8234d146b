using System.Globalization;
using Microsoft.Data.Sqlite;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Integrity;

/// <summary>Looks at spool.db before its owner opens it, and writes the identity into it.</summary>
internal static class SpoolPart
{
    /// <summary>
    /// Reads what is in the file. It is checked page by page, so that damage is told here and not by whatever meets it first.
    /// </summary>
    internal static PartFacts Look(string path)
    {
        if (!File.Exists(path))
            return new PartFacts(Part.Spool, Exists: false);
        try
        {
            using var connection = Open(path);
            if (Text(connection, "PRAGMA quick_check(1)") is var answer && answer != "ok")
                return new PartFacts(Part.Spool, Exists: true, Damage: answer);
            var identity = HasTable(connection, "part_identity") ? ReadIdentity(connection) : null;
            var (content, highest) = Content(connection);
            return new PartFacts(Part.Spool, Exists: true, identity, content, highest);
        }
        catch (SqliteException error) when (StateDialect.Sqlite.DamageOf(error) is not null)
        {
            return new PartFacts(Part.Spool, Exists: true, Damage: StateDialect.Sqlite.DamageOf(error));
        }
    }

    /// <summary>Writes the identity; the file is made when it is not there.</summary>
    internal static void Write(string path, PartIdentity identity)
    {
        using var connection = Open(path);
        // A file that this makes has the pages of its owner.
        Run(connection, "PRAGMA page_size=16384");
        Run(connection, "PRAGMA journal_mode=WAL");
        Run(connection, "PRAGMA synchronous=FULL");
        using var transaction = connection.BeginTransaction();
        Run(connection, StateDialect.Sqlite.IdentityTable);
        Run(connection, "DELETE FROM part_identity");
        Run(
            connection,
            "INSERT INTO part_identity VALUES ($id, $generation, $confirmed)",
            ("$id", identity.StoreId),
            ("$generation", identity.Generation),
            ("$confirmed", identity.Confirmed)
        );
        transaction.Commit();
    }

    private static (bool HasContent, int HighestModel) Content(SqliteConnection connection) =>
        !HasTable(connection, "counters")
            ? (false, 0)
            : (
                Number(connection, "SELECT coalesce(sum(stored), 0) > 0 FROM counters") != 0,
                (int)Number(
                    connection,
                    "SELECT max(coalesce((SELECT max(model) FROM counters), 0), coalesce((SELECT max(model) FROM batches), 0))"
                )
            );

    private static PartIdentity? ReadIdentity(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT StoreId, Generation, Confirmed FROM part_identity ORDER BY Generation DESC LIMIT 1";
        using var row = command.ExecuteReader();
        return row.Read() ? new PartIdentity(row.GetString(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    private static bool HasTable(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $name";
        command.Parameters.AddWithValue("$name", name);
        return (long)command.ExecuteScalar()! > 0;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string? Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}
