using FsCheck;
using FsCheck.Fluent;
using Plumbline.Statistics.Outliers;

namespace Plumbline.Statistics.Tests.Outliers;

/// <summary>Bits mean the same for every reference: at most 2^-b of it has b of them or more.</summary>
public sealed class RarityTests
{
    // Few different values, so that many are equal.
    private static readonly Arbitrary<double[]> References = (
        from length in Gen.Choose(1, 300)
        from spread in Gen.Choose(0, 400)
        from values in Gen.Choose(-spread, spread).Select(v => v / 4.0).ArrayOf(length)
        select values
    ).ToArbitrary();

    private static readonly Arbitrary<long[]> Counts = Gen.Choose(0, 40)
        .Select(v => (long)v)
        .NonEmptyListOf()
        .Select(counts => counts.Append(1).ToArray())
        .ToArbitrary();

    /// <summary>
    /// Eight distances 0 .. 7. Tails of at most 8 / sqrt 2, 8 / 2, 8 / 2.8, .. rows begin at 3 (5 rows), 4 (4), 6 (2) and 7 (1).
    /// </summary>
    [Fact]
    public void Eight_distances_by_hand()
    {
        var rarity = TailRarity.FitDistances([7, 3, 0, 5, 1, 4, 6, 2]);
        Assert.Equal([0, 3, 4, 6, 7], rarity.Distances.ToArray());
        Assert.Equal([0, Math.Log2(8 / 5.0), 1, 2, 3], rarity.Bits.ToArray());
        Assert.Equal((0, 3.5, 4), (rarity.Middle, rarity.Unit, rarity.Beyond));
        Assert.Equal([0, 0, 1, 1, 2, 3], new[] { 0, 2.9, 4, 5, 6.5, 7 }.Select(distance => rarity.Score(distance)!.Value));
        // Beyond the farthest: half a row, and a bit for each doubling up to ten.
        Check.Near(4, rarity.Score(7.000001), 1e-6);
        Check.Near(5, rarity.Score(14), 1e-12);
        Check.Near(6.5, rarity.Score(7 * Math.Pow(2, 2.5)), 1e-12);
        Check.Near(14, rarity.Score(1e9), 1e-12);
        Assert.Equal(14, rarity.Score(double.PositiveInfinity));
        Assert.Null(rarity.Score(double.NaN));
    }

    [Fact]
    public void Values_are_measured_from_their_median_and_a_constant_knows_only_itself()
    {
        var rarity = TailRarity.Fit([10, 11, 12, 13, 100]);
        Assert.Equal(12, rarity.Middle);
        Assert.Equal(RobustScale.Fit([10, 11, 12, 13, 100]).Unit, rarity.Unit);
        Assert.Equal(rarity.Score(100), rarity.Score(-76));
        Check.Near(Math.Log2(5), rarity.Score(100), 1e-12);
        Assert.Equal(rarity.Beyond + TailRarity.MostBeyond, rarity.Score(double.NegativeInfinity));
        var constant = TailRarity.Fit([5, 5, 5, 5]);
        Assert.Equal(0, constant.Score(5));
        Assert.Equal(3 + TailRarity.MostBeyond, constant.Score(5.1));
        Assert.Equal(0, TailRarity.FitDistances([4]).Score(4));
        Assert.Throws<ArgumentException>(() => TailRarity.Fit([]));
        Assert.Throws<ArgumentException>(() => TailRarity.FitDistances([]));
        Assert.ThrowsAny<ArgumentException>(() => TailRarity.FitDistances([1, -1]));
        Assert.Throws<ArgumentException>(() => TailRarity.FitDistances([double.NaN]));
    }

    [Fact]
    public void Of_its_own_reference_at_most_two_to_the_minus_b_has_b_bits() =>
        Prop.ForAll(
                References,
                reference =>
                {
                    var rarity = TailRarity.Fit(reference);
                    var distances = TailRarity.FitDistances([.. reference.Select(Math.Abs)]);
                    return AtMost([.. reference.Select(value => rarity.Score(value)!.Value)])
                        && AtMost([.. reference.Select(value => distances.Score(Math.Abs(value))!.Value)]);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Farther_out_is_never_more_ordinary() =>
        Prop.ForAll(
                References,
                reference =>
                {
                    var rarity = TailRarity.Fit(reference);
                    double[] bits = [.. Enumerable.Range(0, 2000).Select(step => rarity.Score(rarity.Middle + step / 8.0)!.Value)];
                    return bits[0] == 0 && bits.Zip(bits.Skip(1)).All(pair => pair.First <= pair.Second);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Categories_by_hand()
    {
        var rarity = CategoryRarity.Fit(
            new Dictionary<string, long>
            {
                ["a"] = 8,
                ["b"] = 4,
                ["c"] = 2,
                ["d"] = 2,
                ["never"] = 0,
            }
        );
        Assert.Equal([0, 1, 2, 2, 5, 5], new[] { "a", "b", "c", "d", "never", "other" }.Select(rarity.Score));
        Assert.Equal(5, rarity.Unseen);
        Assert.Equal(5, rarity.Bits.Count);
        var equal = CategoryRarity.Fit(Enumerable.Range(0, 1000).ToDictionary(i => $"c{i}", _ => 3L));
        Assert.All(equal.Bits.Values, bits => Assert.Equal(0, bits));
        Assert.Throws<ArgumentException>(() => CategoryRarity.Fit(new Dictionary<string, long> { ["a"] = 0 }));
        Assert.Throws<ArgumentException>(() => CategoryRarity.Fit(new Dictionary<string, long> { ["a"] = -1 }));
    }

    [Fact]
    public void Of_the_rows_at_most_two_to_the_minus_b_have_a_category_of_b_bits() =>
        Prop.ForAll(
                Counts,
                counts =>
                {
                    var rarity = CategoryRarity.Fit(
                        counts.Select((count, i) => (i, count)).ToDictionary(pair => $"{pair.i}", pair => pair.count)
                    );
                    return AtMost([.. counts.SelectMany((count, i) => Enumerable.Repeat(rarity.Score($"{i}"), (int)count))])
                        && rarity.Bits.Values.All(bits => bits >= 0 && bits <= rarity.Unseen);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Squares_of_projections_add_up_to_the_squared_distance() =>
        Prop.ForAll(
                Gen.Choose(-100, 100).Select(v => v / 8.0).ArrayOf(60).ToArbitrary(),
                values =>
                {
                    // The fourth column is the sum of two others: a direction in which nothing varies.
                    double[] rows = [.. values.Chunk(3).SelectMany(row => new[] { row[0], row[1], 1000 * row[2], row[0] + row[1] })];
                    var distance = MahalanobisDistance.Fit(rows, 4);
                    var mean = distance.Mean.ToArray();
                    double[] any = [3, -2, 500, 1];
                    return rows.Chunk(4)
                        .Append(any)
                        .All(row =>
                        {
                            var squares = Enumerable
                                .Range(0, distance.Rank)
                                .Select(distance.Projection)
                                .Sum(weights => Math.Pow(weights.Zip(row.Zip(mean), (w, x) => w * (x.First - x.Second)).Sum(), 2));
                            var expected = Math.Pow(distance.Distance(row), 2);
                            return Math.Abs(squares - expected) <= 1e-9 * Math.Max(1, expected);
                        });
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void There_are_as_many_projections_as_directions()
    {
        var distance = MahalanobisDistance.Fit([1, 0, -1, 0, 0, 2, 0, -2], 2);
        Assert.Equal([0, 0], distance.Mean.ToArray());
        // Covariance diag(2/3, 8/3): the weights are one over its roots.
        Assert.Equal(
            [Math.Sqrt(3 / 8.0), Math.Sqrt(3 / 2.0)],
            Enumerable.Range(0, 2).Select(d => distance.Projection(d).Max(Math.Abs)).Order().Select(w => Math.Round(w, 14)),
            (a, b) => Math.Abs(a - b) < 1e-12
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => distance.Projection(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => distance.Projection(-1));
    }

    private static bool AtMost(double[] bits) =>
        bits.Distinct().All(b => bits.Count(other => other >= b) <= bits.Length * Math.Pow(2, -b) * (1 + 1e-12));
}
