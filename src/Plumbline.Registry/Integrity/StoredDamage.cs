using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Data.Sqlite;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.State;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Registry.Integrity;

/// <summary>Tells failures of files that were damaged from all others.</summary>
public static class StoredDamage
{
    private static readonly HashSet<string> EngineNames = new(StringComparer.Ordinal)
    {
        "CHECKSUM_DOESNT_MATCH",
        "CANNOT_READ_ALL_DATA",
        "CANNOT_DECOMPRESS",
        "CORRUPTED_DATA",
        "UNKNOWN_CODEC",
        "TOO_LARGE_SIZE_COMPRESSED",
        "NO_FILE_IN_DATA_PART",
        "BAD_SIZE_OF_FILE_IN_DATA_PART",
        "UNEXPECTED_FILE_IN_DATA_PART",
        "FILE_DOESNT_EXIST",
        "SEEK_POSITION_OUT_OF_BOUND",
    };

    /// <summary>Which file is damaged, in words; null when the failure has another cause.</summary>
    public static string? Describe(Exception? error)
    {
        var inSpool = false;
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            inSpool |= inner is SpoolException;
            if (inner is SqliteException sqlite && StateDialect.Sqlite.DamageOf(sqlite) is not null)
                return $"{PartTexts.FileOf(inSpool ? Part.Spool : Part.State)} is damaged: {sqlite.Message}";
            if (inner is EngineException engine && EngineNames.Contains(engine.Name))
                return $"a file of the engine is damaged: {engine.Message}";
        }

        return null;
    }

    /// <summary>A request that met a damaged file is told so, and the health page.</summary>
    internal sealed class Answer(IntegrityFindings findings, FailureLog failures, ILogger<IntegrityFindings> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (Describe(exception) is not { } damage)
                return false;
            findings.Add($"Met while reading: {damage}");
            if (failures.IsDue("damage"))
                log.DamageMet(damage);
            var answer = Problems.Make(
                StatusCodes.Status503ServiceUnavailable,
                "What is stored cannot be read",
                "storage_damaged",
                "A file of the data folder is damaged; System health and the log say which. Stop the server and run `plumbline check`."
            );
            await answer.ExecuteAsync(httpContext);
            return true;
        }
    }
}
