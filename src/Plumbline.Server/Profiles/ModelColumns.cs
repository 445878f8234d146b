using Plumbline.Server.Models;
using Plumbline.Store;

namespace Plumbline.Server.Profiles;

/// <summary>A feature as the store knows it.</summary>
public static class ModelColumns
{
    /// <summary>The column of a feature.</summary>
    public static FeatureColumn Of(FeatureDefinition feature) => new(feature.Ordinal, feature.Type switch
    {
        FeatureType.Numeric => ColumnType.Numeric,
        FeatureType.Categorical => ColumnType.Categorical,
        FeatureType.Boolean => ColumnType.Boolean,
        _ => ColumnType.Text,
    });
}
