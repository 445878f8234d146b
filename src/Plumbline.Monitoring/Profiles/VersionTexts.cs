using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// The version of single rows as the profiles name it: its own, or <see cref="VersionPlaces.Other"/> where the model has more than are told
/// apart. What is stored keeps its own text.
/// </summary>
public static class VersionTexts
{
    /// <summary>An expression of a row's version.</summary>
    /// <param name="model">The model.</param>
    /// <param name="column">The column with the row's own version.</param>
    public static string Expression(ModelDefinition model, string column = "version") =>
        model.VersionsApart.IsEmpty
            ? column
            : $"transform({column}, {{versions_apart:Array(String)}}, {{versions_apart:Array(String)}}, '{VersionPlaces.Other}')";

    /// <summary>The parameter of <see cref="Expression"/>, where there is one.</summary>
    // Rows that name no version stay what they are.
    public static IReadOnlyList<SqlParameter> Parameters(ModelDefinition model) =>
        model.VersionsApart.IsEmpty ? [] : [new("versions_apart", model.VersionsApart.Add(""))];
}
