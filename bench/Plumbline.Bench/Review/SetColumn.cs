using System.Globalization;
using Plumbline.Statistics.Slices;

namespace Plumbline.Bench.Review;

/// <summary>A feature of all rows of a set, as a simple model sees it.</summary>
/// <param name="Name">Of its column.</param>
/// <param name="Numbers">NaN = missing; null where it has categories.</param>
/// <param name="Texts">Null = missing; null where it has numbers.</param>
internal sealed record SetColumn(string Name, double[]? Numbers, string?[]? Texts)
{
    private const int MostCategories = 30;
    private const int MostValuesOfTheirOwn = 10;

    /// <summary>A number where every value that is there is one, unless it was said to be a category.</summary>
    public static SetColumn Of(string name, string[] values, bool isCategorical) =>
        !isCategorical && values.All(value => value.Length == 0 || double.TryParse(value, CultureInfo.InvariantCulture, out _))
            ? new SetColumn(
                name,
                [.. values.Select(value => value.Length == 0 ? double.NaN : double.Parse(value, CultureInfo.InvariantCulture))],
                null
            )
            : new SetColumn(name, null, [.. values.Select(value => value.Length == 0 ? null : value)]);

    /// <summary>The feature in bins for a search of slices, and what the codes of its bins mean.</summary>
    public (SliceFeature Feature, Func<SlicePredicate, string> Tell) Binned()
    {
        if (Texts is not null)
        {
            string[] categories =
            [
                .. Texts
                    .OfType<string>()
                    .CountBy(text => text)
                    .OrderByDescending(pair => pair.Value)
                    .ThenBy(pair => pair.Key, StringComparer.Ordinal)
                    .Take(MostCategories)
                    .Select(pair => pair.Key),
            ];
            return (
                SliceFeature.OfCategories(Name, Texts, categories),
                condition => $"{Name} = {categories.Concat(["any other", "missing"]).ElementAt(condition.First)}"
            );
        }

        var edges = Edges();
        return (SliceFeature.OfNumbers(Name, Numbers, edges), condition => Interval(condition, edges));
    }

    // Tenths of the rows; of few different values each is a bin of its own.
    private double[] Edges()
    {
        double[] present = [.. Numbers!.Where(double.IsFinite).Order()];
        double[] values = [.. present.Distinct().Take(MostValuesOfTheirOwn + 1)];
        return values.Length <= MostValuesOfTheirOwn
            ? [.. values.Skip(1)]
            : [.. Enumerable.Range(1, 9).Select(tenth => present[tenth * present.Length / 10]).Distinct()];
    }

    private string Interval(SlicePredicate condition, double[] edges)
    {
        if (condition.First > edges.Length)
            return $"{Name} missing";
        var from = condition.First == 0 ? "" : edges[condition.First - 1].ToString("0.###", CultureInfo.InvariantCulture) + " <= ";
        var to = condition.Last >= edges.Length ? "" : " < " + edges[condition.Last].ToString("0.###", CultureInfo.InvariantCulture);
        return $"{from}{Name}{to}";
    }
}
