using Microsoft.Data.Sqlite;
using Plumbline.Store;

namespace Plumbline.Registry.Storage;

/// <summary>Tells failures of the disk from all others.</summary>
public static class StorageFailure
{
    // SQLite's result codes: https://www.sqlite.org/rescode.html
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    // ENOSPC and EDQUOT; .NET puts the error number of the system into HResult.
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    /// <summary>What to do about it, and what need not be feared.</summary>
    public const string Advice = "free some space or mend it; nothing that was acknowledged is lost";

    /// <summary>What is wrong with the disk, in words; null when the failure has another cause.</summary>
    public static string? Describe(Exception? error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (Of(inner) is { } words)
                return words;
        }

        return null;
    }

    private static string? Of(Exception error) =>
        error switch
        {
            SqliteException { SqliteErrorCode: SqliteFull } => "the disk is full",
            SqliteException { SqliteErrorCode: SqliteIoError } => "the disk fails to read or write",
            SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen } => "the data folder cannot be written",
            EngineException { Name: "NOT_ENOUGH_SPACE" } => "the disk is full",
            EngineException engine when engine.Message.Contains("No space left on device", StringComparison.Ordinal) => "the disk is full",
            IOException { HResult: NoSpace or OverQuota } => "the disk is full",
            UnauthorizedAccessException => "the data folder cannot be written",
            _ => null,
        };
}
