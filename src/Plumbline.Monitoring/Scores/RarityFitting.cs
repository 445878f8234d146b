using System.Collections.Immutable;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Outliers;

namespace Plumbline.Monitoring.Scores;

/// <summary>How rare values are, learned from rows of the reference.</summary>
internal static class RarityFitting
{
    /// <summary>Numbers that are looked at together at most; work per prediction grows with their square.</summary>
    public const int MostJoint = 20;

    /// <summary>Rows for each number that a covariance is trusted from.</summary>
    private const int RowsPerColumn = 10;

    /// <summary>The rarity of one feature's values; null where the reference has none.</summary>
    public static FeatureRarity? Of(FeatureDefinition feature, int place, RowSample sample)
    {
        if (feature.Type == FeatureType.Categorical)
        {
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            var missing = 0;
            for (var row = 0; row < sample.Rows; row++)
            {
                if (sample.TextAt(place, row) is { } text)
                    counts[text] = counts.GetValueOrDefault(text) + 1;
                else
                    missing++;
            }

            return counts.Count == 0
                ? null
                : new FeatureRarity(feature.Name, "", feature.Unit ?? "", feature.Column, MissingBits(missing, sample.Rows))
                {
                    Category = CategoryRarity.Fit(counts),
                };
        }

        var numbers = Enumerable.Range(0, sample.Rows).Select(row => sample.NumberAt(place, row)).Where(double.IsFinite).ToArray();
        return numbers.Length == 0
            ? null
            : new FeatureRarity(
                feature.Name,
                "",
                feature.Unit ?? "",
                NumberSql(feature),
                MissingBits(sample.Rows - numbers.Length, sample.Rows)
            )
            {
                Number = TailRarity.Fit(numbers),
            };
    }

    /// <summary>
    /// The rarity of all numbers together; a missing one is taken to be in the middle. Null with fewer than two features that vary, or too
    /// few rows for a covariance.
    /// </summary>
    public static JointRarity? Joint(IReadOnlyList<FeatureDefinition> features, RowSample sample)
    {
        List<int> places =
        [
            .. Enumerable.Range(0, features.Count).Where(i => features[i].Type == FeatureType.Numeric && Varies(sample, i)).Take(MostJoint),
        ];
        if (places.Count < 2 || sample.Rows < RowsPerColumn * places.Count)
            return null;
        double[] means =
        [
            .. places.Select(place =>
                Enumerable.Range(0, sample.Rows).Select(row => sample.NumberAt(place, row)).Where(double.IsFinite).Average()
            ),
        ];
        var rows = new double[sample.Rows * places.Count];
        for (var row = 0; row < sample.Rows; row++)
        {
            for (var c = 0; c < places.Count; c++)
            {
                var value = sample.NumberAt(places[c], row);
                rows[row * places.Count + c] = double.IsFinite(value) ? value : means[c];
            }
        }

        var distance = MahalanobisDistance.Fit(rows, places.Count);
        if (distance.Rank == 0)
            return null;
        var distances = new double[sample.Rows];
        for (var row = 0; row < distances.Length; row++)
            distances[row] = distance.Distance(rows.AsSpan(row * places.Count, places.Count));
        return new JointRarity([.. places.Select(place => NumberSql(features[place]))], distance, TailRarity.FitDistances(distances));
    }

    /// <summary>Bits of a missing value, half a row counted where none was missing.</summary>
    public static double MissingBits(long missing, long rows) => -Math.Log2(Math.Max(missing, 0.5) / rows);

    private static bool Varies(RowSample sample, int place) => sample.RangeOf(place) is { } range && range.Low < range.High;

    /// <summary>The value of a feature that is a number, as Float64; NaN missing.</summary>
    public static string NumberSql(FeatureDefinition feature) =>
        feature.Type == FeatureType.Boolean
            ? $"if(isNull({feature.Column}), nan, toFloat64(assumeNotNull({feature.Column})))"
            : $"toFloat64({feature.Column})";
}
