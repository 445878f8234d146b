namespace Plumbline.Monitoring.Estimation;

/// <summary>What <see cref="EstimatorCatalog"/> logs.</summary>
internal static partial class EstimatorCatalogLog
{
    [LoggerMessage(4009, LogLevel.Error, "The estimator of {Model} could not be fitted")]
    internal static partial void EstimatorNotFitted(this ILogger logger, Exception error, string model);
}
