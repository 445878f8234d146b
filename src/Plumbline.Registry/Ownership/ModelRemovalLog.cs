namespace Plumbline.Registry.Ownership;

/// <summary>What <see cref="ModelRemoval"/> logs.</summary>
internal static partial class ModelRemovalLog
{
    [LoggerMessage(2007, LogLevel.Error, "Deletions could not be read; they are tried again.")]
    internal static partial void RemovalsUnread(this ILogger logger, Exception error);

    [LoggerMessage(2008, LogLevel.Error, "Deleting what is stored of {Model} did not finish; it is tried again.")]
    internal static partial void RemovalUnfinished(this ILogger logger, Exception error, string model);
}
