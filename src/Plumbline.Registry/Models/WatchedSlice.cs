using System.Collections.Immutable;
using System.Globalization;

namespace Plumbline.Registry.Models;

/// <summary>One condition of a slice. It states one of: a value, an interval, that there is no value.</summary>
/// <param name="Feature">Name of a feature.</param>
/// <param name="Is">Categorical and boolean features: the value.</param>
/// <param name="From">Numbers, and lengths of texts in characters: inclusive lower end; null for none.</param>
/// <param name="To">Exclusive upper end; null for none.</param>
/// <param name="Missing">True: the feature has no value.</param>
public sealed record SliceCondition(string Feature, string? Is = null, double? From = null, double? To = null, bool Missing = false)
{
    /// <summary>The condition as filters of the search for predictions; null when the search has none for it.</summary>
    public IReadOnlyList<string>? Filters(FeatureType type) =>
        (Missing, Is, type) switch
        {
            (true, _, _) => [$"features.{Feature}:missing"],
            (_, { } value, _) => [$"features.{Feature}:eq:{value}"],
            (_, _, FeatureType.Numeric) => [.. Bounds()],
            _ => null,
        };

    private IEnumerable<string> Bounds()
    {
        if (From is { } from)
            yield return $"features.{Feature}:ge:{from.ToString("R", CultureInfo.InvariantCulture)}";
        if (To is { } to)
            yield return $"features.{Feature}:lt:{to.ToString("R", CultureInfo.InvariantCulture)}";
    }
}

/// <summary>
/// Rows that fulfil some conditions, watched as a segment of its own: <c>slice=large orders from BR</c>. Slices may overlap, and a row in
/// none of them belongs to no segment of this dimension.
/// </summary>
/// <param name="Name">The segment's value; without <c>=</c>.</param>
/// <param name="Where">All of them hold, 1 to <see cref="MaxConditions"/>.</param>
public sealed record WatchedSlice(string Name, ImmutableArray<SliceCondition> Where)
{
    /// <summary>The dimension of all watched slices.</summary>
    public const string Dimension = "slice";

    /// <summary>Conditions of one slice.</summary>
    public const int MaxConditions = 5;

    /// <summary>The slice as filters of the search for predictions; null when one of its conditions cannot be searched for.</summary>
    public IReadOnlyList<string>? Filters(ModelDefinition model)
    {
        var filters = Where
            .Select(condition => model.FindFeature(condition.Feature) is { } feature ? condition.Filters(feature.Type) : null)
            .ToList();
        return filters.Contains(null) ? null : [.. filters.SelectMany(filter => filter!)];
    }
}
