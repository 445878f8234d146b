using Microsoft.Extensions.Logging;

namespace Plumbline.Store;

/// <summary>What <see cref="StoreMigrations"/> logs.</summary>
internal static partial class StoreMigrationsLog
{
    [LoggerMessage(1006, LogLevel.Information, "Applied the store's migration {Number} {Name}")]
    internal static partial void MigrationApplied(this ILogger logger, int number, string name);
}
