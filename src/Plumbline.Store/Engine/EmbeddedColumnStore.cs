using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Plumbline.Store.Engine;

/// <summary>
/// The column store: chDB in this process. Queries run on read-only connections, everything else on the writers'; each
/// connection has a thread of its own, so calls never block the thread pool. One store at a time can be open in a process.
/// </summary>
public sealed class EmbeddedColumnStore : IColumnStore
{
    private const long LoadingLimitBytes = 1L << 40;
    private const int MemoryLimitExceeded = 241;

    private static int _open;

    private readonly EngineThreads _readers;
    private readonly EngineThreads _writers;
    private readonly StatementTimings _timings;
    private readonly ColumnStoreOptions _options;
    private readonly ILogger<EmbeddedColumnStore> _log;
    private int _disposed;

    private EmbeddedColumnStore(
        ColumnStoreOptions options,
        EngineThreads readers,
        EngineThreads writers,
        TimeProvider time,
        ILogger<EmbeddedColumnStore> log
    )
    {
        _options = options;
        _readers = readers;
        _writers = writers;
        _timings = new StatementTimings(options, time);
        _log = log;
    }

    /// <summary>Opens the engine on the options' directory and applies the migrations that it has not seen.</summary>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="EngineUnavailableException">The engine is not there for this platform, or cannot open the directory.</exception>
    /// <exception cref="InvalidOperationException">A store is open in this process already, or the directory was written by a newer
    /// version.</exception>
    public static async Task<EmbeddedColumnStore> OpenAsync(
        ColumnStoreOptions options,
        TimeProvider time,
        ILogger<EmbeddedColumnStore> log,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        if (Interlocked.Exchange(ref _open, 1) == 1)
        {
            throw new InvalidOperationException(
                "A column store is open in this process already; the engine holds one directory at a time."
            );
        }

        EmbeddedColumnStore? store = null;
        try
        {
            // Starting the engine takes about a tenth of a second: off the caller's thread.
            store = await Task.Run(() => ConnectInAnyCase(options, time, log), ct);
            bool areMoved;
            try
            {
                areMoved = await PrepareAsync(store, time, log, ct);
            }
            catch (EngineException error) when (error.Code == MemoryLimitExceeded && HoldsTables(options.Directory))
            {
                // It did start within its limit, and its tables leave so little of it that it can answer nothing.
                await store.CloseAsync();
                store = null;
                store = await Task.Run(() => ConnectWithoutLimit(options, time, log), ct);
                areMoved = await PrepareAsync(store, time, log, ct);
            }

            if (areMoved)
            {
                // What the old tables took is given back when the engine starts without them, and its limit holds again.
                await store.DisposeAsync();
                store = null;
                Volatile.Write(ref _open, 1);
                store = await Task.Run(() => ConnectInAnyCase(options, time, log), ct);
            }
            return store;
        }
        catch
        {
            if (store is not null)
                await store.DisposeAsync();
            else
                Volatile.Write(ref _open, 0);
            throw;
        }
    }

    /// <inheritdoc/>
    public StatementTimingsSnapshot Timings => _timings.Snapshot(_readers.Waiting + _writers.Waiting);

    /// <inheritdoc/>
    public Task ExecuteAsync(SqlStatement statement, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return _writers.RunAsync(connection => _timings.Measure(statement.Text, () => connection.Query(statement, "Null")), ct);
    }

    /// <inheritdoc/>
    public async Task<QueryRows> QueryAsync(SqlStatement statement, CancellationToken ct) =>
        new(await QueryFormattedAsync(statement, QueryRows.Format, ct));

    /// <inheritdoc/>
    public Task<byte[]> QueryFormattedAsync(SqlStatement statement, string format, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var answer = _readers.RunAsync(connection => _timings.Measure(statement.Text, () => connection.Query(statement, format)), ct);
        return answer.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public async Task<QueryRows> QueryFilesAsync(SqlStatement statement, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return new QueryRows(
            await _writers.RunAsync(connection => _timings.Measure(statement.Text, () => connection.Query(statement, QueryRows.Format)), ct)
        );
    }

    /// <inheritdoc/>
    public Task InsertAsync(
        string table,
        IReadOnlyList<string> columns,
        ReadOnlyMemory<byte> rowBinary,
        string? deduplicationToken,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (rowBinary.IsEmpty)
            return Task.CompletedTask;
        var sql = InsertSql(table, columns, deduplicationToken);
        return _writers.RunAsync(
            connection =>
                _timings.Measure(
                    sql,
                    () =>
                    {
                        connection.Insert(sql, "RowBinary", rowBinary.Span);
                        return true;
                    }
                ),
            ct
        );
    }

    /// <inheritdoc/>
    public async Task<EngineUsage> ReadUsageAsync(CancellationToken ct)
    {
        using var rows = await QueryAsync(
            new SqlStatement(
                """
                SELECT ifNull((SELECT toInt64(sum(value)) FROM system.metrics WHERE metric = 'MemoryTracking'), 0),
                       toInt64(sum(bytes_on_disk)), toInt64(sum(rows)), version()
                FROM system.parts WHERE active
                """
            ),
            ct
        );
        rows.Read();
        // Between two corrections of what it tracks the engine may have counted more freed than taken.
        return new EngineUsage(
            Math.Max(rows.ReadInt64(), 0),
            _options.MemoryLimitBytes,
            rows.ReadInt64(),
            rows.ReadInt64(),
            rows.ReadString()
        );
    }

    /// <summary>
    /// Finishes what is queued, closes all connections and stops the engine; the last two not when
    /// <see cref="ColumnStoreOptions.EndsWithProcess"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        if (_options.EndsWithProcess)
        {
            await Task.Run(() =>
            {
                _readers.Finish();
                _writers.Finish();
            });
            _log.Finished(_options.Directory);
            return;
        }
        await CloseAsync();
        Volatile.Write(ref _open, 0);
        _log.Closed(_options.Directory);
    }

    // Whether tables of single models were moved into shared ones.
    private static async Task<bool> PrepareAsync(
        EmbeddedColumnStore store,
        TimeProvider time,
        ILogger<EmbeddedColumnStore> log,
        CancellationToken ct
    )
    {
        await StoreMigrations.ApplyAsync(store, time, log, ct);
        return await TablesPerModel.MoveAsync(store, log, ct);
    }

    private async Task CloseAsync()
    {
        // Closing a connection under a running query can abort the process: the threads end first. The last connection to close
        // stops the engine; the library's own shutdown call would besides forbid every later open in this process.
        await Task.Run(() =>
        {
            _readers.Dispose();
            _writers.Dispose();
        });
    }

    /// <summary>
    /// The engine counts memory for every table while it loads them, and does not start when that passes its limit: then it is started
    /// without one, so that what is stored can be read and models can be deleted, and says so.
    /// </summary>
    private static EmbeddedColumnStore ConnectInAnyCase(ColumnStoreOptions options, TimeProvider time, ILogger<EmbeddedColumnStore> log)
    {
        try
        {
            return Connect(options, time, log);
        }
        catch (EngineUnavailableException) when (HoldsTables(options.Directory))
        {
            return ConnectWithoutLimit(options, time, log);
        }
    }

    private static EmbeddedColumnStore ConnectWithoutLimit(ColumnStoreOptions options, TimeProvider time, ILogger<EmbeddedColumnStore> log)
    {
        var store = Connect(
            options with
            {
                MemoryLimitBytes = LoadingLimitBytes,
                StatementMemoryShare = StatementShare(options),
            },
            time,
            log
        );
        log.StartedWithoutLimit(options.MemoryLimitBytes >> 20);
        return store;
    }

    // A single statement keeps to the limit that was meant.
    private static double StatementShare(ColumnStoreOptions options) =>
        options.StatementMemoryShare * options.MemoryLimitBytes / LoadingLimitBytes;

    private static bool HoldsTables(string directory) => Directory.Exists(Path.Combine(directory, "metadata"));

    private static EmbeddedColumnStore Connect(ColumnStoreOptions options, TimeProvider time, ILogger<EmbeddedColumnStore> log)
    {
        EngineLibrary.Load();
        var directory = Path.GetFullPath(options.Directory);
        Directory.CreateDirectory(directory);
        var settings = new EngineSettings(options);
        var connections = new List<EngineConnection>();
        try
        {
            for (var i = 0; i < options.WriteThreads + options.ReadThreads; i++)
            {
                var connection = EngineConnection.Open(directory, settings.ServerArguments);
                connections.Add(connection);
                foreach (var statement in i < options.WriteThreads ? settings.ForWriters : settings.ForReaders)
                    connection.Query(new SqlStatement(statement), "Null");
            }
        }
        catch
        {
            connections.ForEach(connection => connection.Dispose());
            throw;
        }
        log.Opened(directory, options.ReadThreads, options.WriteThreads, options.MemoryLimitBytes >> 20);
        return new EmbeddedColumnStore(
            options,
            new EngineThreads("read", [.. connections.Skip(options.WriteThreads)], options.QueueLimit),
            new EngineThreads("write", [.. connections.Take(options.WriteThreads)], options.QueueLimit),
            time,
            log
        );
    }

    private static string InsertSql(string table, IReadOnlyList<string> columns, string? token)
    {
        foreach (var identifier in columns.Prepend(table))
        {
            if (!IsMadeOf(identifier, "_"))
                throw new ArgumentException($"'{identifier}' is not an identifier of the store.");
        }
        var settings = "";
        if (token is not null)
        {
            // A setting's value cannot be bound, so only characters that mean nothing in SQL may be in it.
            if (token.Length > 128 || !IsMadeOf(token, "._:-"))
                throw new ArgumentException("A deduplication token has 1..128 characters of [A-Za-z0-9._:-].", nameof(token));
            settings = string.Create(CultureInfo.InvariantCulture, $" SETTINGS insert_deduplication_token = '{token}'");
        }
        return $"INSERT INTO {table} ({string.Join(", ", columns)}){settings}";
    }

    private static bool IsMadeOf(string text, string alsoAllowed) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || alsoAllowed.Contains(c, StringComparison.Ordinal));
}
