using System.Net.Sockets;
using Npgsql;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources.Connections.Postgresql;

/// <summary>What a database said, as a sentence that says what to do.</summary>
internal static class PostgresErrors
{
    /// <summary>True for what is the database's, or its network's, doing.</summary>
    public static bool AreIn(Exception error) =>
        error is NpgsqlException or TimeoutException or SocketException or IOException or InvalidCastException or OverflowException;

    /// <summary>What to tell of an error for which <see cref="AreIn"/> holds.</summary>
    public static SourceException Explain(Exception error, PostgresPlace database, SourceSpecification source, TimeSpan timeout)
    {
        var place = $"{database.Host}:{database.Port}";
        return error switch
        {
            PostgresException refused => Explain(refused, database, source, timeout),
            NpgsqlException { InnerException: TimeoutException } or TimeoutException => new SourceException(
                SourceErrorCode.Timeout,
                $"The database at {place} did not answer within {timeout.TotalSeconds:N0} s. Is there an index on the watermark (and the "
                    + "tie breaker)? Else raise sources.timeout or use smaller pages."
            ),
            NpgsqlException { InnerException: SocketException socket } => new SourceException(
                SourceErrorCode.Unreachable,
                $"The database at {place} cannot be reached: {socket.Message}. Is it running, and are host and port of the connection "
                    + $"'{database.Options.Name}' right?"
            ),
            InvalidCastException or OverflowException => new SourceException(
                SourceErrorCode.Unreadable,
                database.Options.Redact($"A value cannot be read: {error.Message}")
            ),
            _ => new SourceException(
                SourceErrorCode.Unreachable,
                database.Options.Redact($"The connection to the database at {place} failed: {Reason(error)}")
            ),
        };
    }

    private static SourceException Explain(PostgresException refused, PostgresPlace database, SourceSpecification source, TimeSpan timeout)
    {
        var said = database.Options.Redact($"{refused.MessageText} (SQLSTATE {refused.SqlState})");
        return refused.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new SourceException(
                SourceErrorCode.LoginDenied,
                $"The database refuses to sign '{database.User}' in: {said}. Check user and password of the connection "
                    + $"'{database.Options.Name}' in the configuration file."
            ),
            PostgresErrorCodes.InvalidCatalogName => new SourceException(
                SourceErrorCode.Unreachable,
                $"There is no such database: {said}. Check the connection '{database.Options.Name}' in the configuration file."
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => new SourceException(
                SourceErrorCode.TableMissing,
                $"The table '{source.Table}' is not there: {said}."
            ),
            PostgresErrorCodes.UndefinedColumn => new SourceException(
                SourceErrorCode.ColumnMissing,
                $"A column of the table '{source.Table}' is not there any more: {said}."
            ),
            PostgresErrorCodes.InsufficientPrivilege => new SourceException(
                SourceErrorCode.PermissionDenied,
                $"The user '{database.User}' may not read '{source.Table}': {said}. GRANT USAGE on the schema and SELECT on the table."
            ),
            PostgresErrorCodes.QueryCanceled => new SourceException(
                SourceErrorCode.Timeout,
                $"The database gave the page up: {said}. It may take {timeout.TotalSeconds:N0} s here; is there an index on the "
                    + "watermark (and the tie breaker)?"
            ),
            [_, _, ..] state
                when state.StartsWith("08", StringComparison.Ordinal)
                    || state.StartsWith("57P", StringComparison.Ordinal)
                    || state.StartsWith("53", StringComparison.Ordinal) => new SourceException(
                SourceErrorCode.Unreachable,
                $"The database does not serve now: {said}."
            ),
            _ => new SourceException(SourceErrorCode.Unreadable, $"The database refused: {said}."),
        };
    }

    private static string Reason(Exception error) =>
        error.InnerException is { } inner && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{error.Message}: {inner.Message}"
            : error.Message;
}
