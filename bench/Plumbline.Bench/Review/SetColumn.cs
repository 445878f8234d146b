using System.Globalization;

namespace Plumbline.Bench.Review;

/// <summary>A feature of all rows of a set, as a simple model sees it.</summary>
/// <param name="Name">Of its column.</param>
/// <param name="Numbers">NaN = missing; null where it has categories.</param>
/// <param name="Texts">Null = missing; null where it has numbers.</param>
internal sealed record SetColumn(string Name, double[]? Numbers, string?[]? Texts)
{
    /// <summary>A number where every value that is there is one, unless it was said to be a category.</summary>
    public static SetColumn Of(string name, string[] values, bool isCategorical) =>
        !isCategorical && values.All(value => value.Length == 0 || double.TryParse(value, CultureInfo.InvariantCulture, out _))
            ? new SetColumn(
                name,
                [.. values.Select(value => value.Length == 0 ? double.NaN : double.Parse(value, CultureInfo.InvariantCulture))],
                null
            )
            : new SetColumn(name, null, [.. values.Select(value => value.Length == 0 ? null : value)]);
}
