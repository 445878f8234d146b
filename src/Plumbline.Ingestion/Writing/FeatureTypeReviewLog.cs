using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Writing;

/// <summary>What <see cref="FeatureTypeReview"/> logs.</summary>
internal static partial class FeatureTypeReviewLog
{
    [LoggerMessage(3006, LogLevel.Warning, "The type of feature {Feature} of model {ModelId} was not looked at")]
    internal static partial void TypeNotLookedAt(this ILogger logger, Exception error, string feature, int modelId);

    [LoggerMessage(3007, LogLevel.Warning, "Feature {Feature} of model {ModelId} looks {Type} and stays {Stored}: {Reason}")]
    internal static partial void TypeStays(
        this ILogger logger,
        string feature,
        int modelId,
        FeatureType type,
        FeatureType stored,
        string reason
    );
}
