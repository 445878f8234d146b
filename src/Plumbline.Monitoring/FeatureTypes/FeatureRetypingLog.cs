using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.FeatureTypes;

/// <summary>What <see cref="FeatureRetyping"/> logs.</summary>
internal static partial class FeatureRetypingLog
{
    [LoggerMessage(4012, LogLevel.Information, "Feature {Feature} of model {Model} was {Before} and becomes {After}")]
    internal static partial void FeatureRetyped(this ILogger logger, string feature, string model, FeatureType before, FeatureType after);

    [LoggerMessage(4013, LogLevel.Information, "Feature {Feature} of model {Model} was dropped")]
    internal static partial void FeatureDropped(this ILogger logger, string feature, string model);
}
