namespace Plumbline.Monitoring.References;

/// <summary>What <see cref="BaselineCatalog"/> logs.</summary>
internal static partial class BaselineCatalogLog
{
    [LoggerMessage(4015, LogLevel.Information, "The reference of model {Model} is binned again: heavy values get bins of their own")]
    internal static partial void BinnedAgain(this ILogger logger, string model);

    [LoggerMessage(
        4016,
        LogLevel.Information,
        "Model {Model} has no declared reference: its first complete days, {From:yyyy-MM-dd} until {To:yyyy-MM-dd}, become it"
    )]
    internal static partial void FirstDaysAdopted(this ILogger logger, string model, DateTimeOffset from, DateTimeOffset to);
}
