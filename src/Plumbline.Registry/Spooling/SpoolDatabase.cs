using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Plumbline.Registry.Spooling;

/// <summary>
/// One connection to the spool's file. Statements are prepared once and bound to spans through SQLite's own calls, because the ADO layer
/// wants an array of the exact size for every blob.
/// </summary>
internal sealed class SpoolDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, sqlite3_stmt> _statements = [];
    private readonly sqlite3 _handle;

    public SpoolDatabase(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        _handle = _connection.Handle!;

        // FULL: a commit returns when the log is on the disk. That is what an acknowledgement means.
        RunScript(
            "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000; "
                + "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384; PRAGMA busy_timeout=30000;"
        );
    }

    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(_handle);

    public void RunScript(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement without results.</summary>
    public void Run(string sql, params ReadOnlySpan<long> values)
    {
        var statement = Bind(sql, values);
        Finish(statement);
    }

    /// <summary>Runs a statement whose last parameter is a blob.</summary>
    public void RunWithBlob(string sql, ReadOnlySpan<byte> blob, params ReadOnlySpan<long> values)
    {
        var statement = Bind(sql, values);
        raw.sqlite3_bind_blob(statement, values.Length + 1, blob);
        Finish(statement);
    }

    /// <summary>Runs a statement whose last parameter is a text.</summary>
    public void RunWithText(string sql, string text, params ReadOnlySpan<long> values)
    {
        var statement = Bind(sql, values);
        raw.sqlite3_bind_text(statement, values.Length + 1, text);
        Finish(statement);
    }

    /// <summary>Calls <paramref name="read"/> for each row of the result.</summary>
    public void Query(string sql, Action<SpoolRow> read, params ReadOnlySpan<long> values)
    {
        var statement = Bind(sql, values);
        try
        {
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                read(new SpoolRow(statement));
            if (result != raw.SQLITE_DONE)
                throw Failure(result);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _connection.Dispose();
    }

    private sqlite3_stmt Bind(string sql, ReadOnlySpan<long> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var result = raw.sqlite3_prepare_v2(_handle, sql, out statement);
            if (result != raw.SQLITE_OK)
                throw Failure(result);
            _statements.Add(sql, statement);
        }
        for (var i = 0; i < values.Length; i++)
            raw.sqlite3_bind_int64(statement, i + 1, values[i]);
        return statement;
    }

    private void Finish(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        var failure = result is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(result);
        raw.sqlite3_reset(statement);
        if (failure is not null)
            throw failure;
    }

    private SpoolException Failure(int result)
    {
        var words = raw.sqlite3_errmsg(_handle).utf8_to_string();
        // The cause says by its code whether it is the disk, the file or something else.
        return new(
            string.Create(CultureInfo.InvariantCulture, $"The spool's database answered {result}: {words}."),
            new SqliteException(words, result & 0xff, result)
        );
    }
}

/// <summary>The current row of a result.</summary>
internal readonly struct SpoolRow(sqlite3_stmt statement)
{
    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public string? Text(int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>Valid until the next row.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);
}
