using Plumbline.Events;
using Plumbline.Store;

namespace Plumbline.Registry.Models;

/// <summary>A feature as the store knows it.</summary>
public static class ModelColumns
{
    /// <summary>The column of a feature.</summary>
    public static FeatureColumn Of(FeatureDefinition feature) => new(feature.Ordinal, TypeOf(feature.Type));

    /// <summary>
    /// How values still stored in the column that the feature had before become those of the one that it has; null when there are none.
    /// </summary>
    public static ColumnConversion? ConversionOf(FeatureDefinition feature) =>
        feature.Former is not { } former
            ? null
            : new ColumnConversion(new FeatureColumn(former.Ordinal, TypeOf(former.Type)), Of(feature), feature.Name, MissingWords.All);

    private static ColumnType TypeOf(FeatureType type) =>
        type switch
        {
            FeatureType.Numeric => ColumnType.Numeric,
            FeatureType.Categorical => ColumnType.Categorical,
            FeatureType.Boolean => ColumnType.Boolean,
            _ => ColumnType.Text,
        };
}
