using Microsoft.Extensions.Logging;

namespace Plumbline.Store;

/// <summary>What <see cref="TablesPerModel"/> logs.</summary>
internal static partial class TablesPerModelLog
{
    [LoggerMessage(1001, LogLevel.Information, "Moved {Tables} tables of single models into shared ones and lightened {Others}")]
    internal static partial void TablesMoved(this ILogger logger, int tables, int others);
}
