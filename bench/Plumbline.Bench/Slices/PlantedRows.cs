using Plumbline.Statistics;
using Plumbline.Statistics.Slices;

namespace Plumbline.Bench.Slices;

/// <summary>
/// Rows of half numeric (deciles), half categorical features (2 to 12 categories of unequal size), one in five with 2 to 8 % missing,
/// correlated in groups of five (0.36); errors at 10 %, and at 20 % in one planted slice of the asked size.
/// </summary>
internal sealed class PlantedRows
{
    public const double BaseRate = 0.10;
    public const double Lift = 0.10;

    private PlantedRows(SliceTable table, double[] losses, SlicePredicate[] planted)
    {
        (Table, Losses, Planted) = (table, losses, planted);
    }

    public SliceTable Table { get; }

    public double[] Losses { get; }

    /// <summary>The planted conditions; empty when there is no weak slice.</summary>
    public SlicePredicate[] Planted { get; }

    public static PlantedRows Draw(int rows, int features, int predicates, double support, RandomSource random)
    {
        SliceTable table;
        SlicePredicate[]? planted;
        do
        {
            table = new SliceTable(Features(rows, features, random));
            planted = predicates == 0 ? [] : Plant(table, predicates, support, random);
        } while (planted is null);

        var inside = table.Match(planted);
        var losses = new double[rows];
        for (var row = 0; row < rows; row++)
            losses[row] = random.NextDouble() < BaseRate + (planted.Length > 0 && inside[row] ? Lift : 0) ? 1 : 0;
        return new PlantedRows(table, losses, planted);
    }

    /// <summary>Found as the first finding: the same conditions, or at least half of the rows of both together in both (Jaccard).</summary>
    public bool IsFoundFirst(SliceSearchResult result)
    {
        if (result.Findings.Count == 0)
            return false;
        var predicates = result.Findings[0].Predicates;
        return predicates.SequenceEqual(Planted) || Jaccard(Table.Match(predicates), Table.Match(Planted)) >= 0.5;
    }

    private static double Jaccard(bool[] a, bool[] b)
    {
        int both = 0,
            either = 0;
        for (var row = 0; row < a.Length; row++)
        {
            both += a[row] && b[row] ? 1 : 0;
            either += a[row] || b[row] ? 1 : 0;
        }

        return either == 0 ? 0 : both / (double)either;
    }

    private static SliceFeature[] Features(int rows, int count, RandomSource random)
    {
        var features = new SliceFeature[count];
        var common = new double[rows];
        for (var f = 0; f < count; f++)
        {
            if (f % 5 == 0)
            {
                for (var row = 0; row < rows; row++)
                    common[row] = random.NextGaussian();
            }

            var isNumeric = f % 2 == 0;
            var edges = isNumeric ? Deciles : Uneven(2 + random.NextInt(11), random);
            var missing = random.NextInt(5) == 0 ? 0.02 + 0.06 * random.NextDouble() : 0;
            var codes = new byte[rows];
            for (var row = 0; row < rows; row++)
            {
                var value = 0.6 * common[row] + 0.8 * random.NextGaussian();
                var bin = 0;
                while (bin < edges.Length && edges[bin] <= value)
                    bin++;
                codes[row] = (byte)(missing > 0 && random.NextDouble() < missing ? edges.Length + 1 : bin);
            }

            features[f] = new SliceFeature($"f{f}", codes, edges.Length + 1, isNumeric);
        }

        return features;
    }

    private static readonly double[] Deciles =
    [
        .. Enumerable.Range(1, 9).Select(k => Statistics.Probability.Tails.NormalQuantile(k / 10.0)),
    ];

    private static double[] Uneven(int categories, RandomSource random)
    {
        double[] sizes = [.. Enumerable.Range(0, categories).Select(_ => 0.03 + Math.Pow(random.NextDouble(), 2))];
        var edges = new double[categories - 1];
        var sum = 0.0;
        for (var c = 0; c < edges.Length; c++)
        {
            sum += sizes[c] / sizes.Sum();
            edges[c] = Statistics.Probability.Tails.NormalQuantile(sum);
        }

        return edges;
    }

    // Conditions at random until they hold together for about the asked share of rows; each of them for at most nine tenths, so that all
    // are really there.
    // Null when these features have no such conditions, as when no single category is as rare as asked.
    private static SlicePredicate[]? Plant(SliceTable table, int count, double support, RandomSource random)
    {
        const int Sample = 4000;
        var few = new SliceTable([
            .. table.Features.Select(f => new SliceFeature(f.Name, f.Codes[..Math.Min(Sample, table.Rows)], f.Bins, f.IsOrdered)),
        ]);
        int[] order = [.. Enumerable.Range(0, table.Features.Count)];
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            random.Shuffle<int>(order);
            SlicePredicate[] predicates = [.. order[..count].Order().Select(f => Condition(table, f, random))];
            if (
                Math.Abs(few.Count(predicates) / (double)few.Rows / support - 1) < 0.3
                && Math.Abs(table.Count(predicates) / (double)table.Rows / support - 1) < 0.15
                && predicates.All(p => table.Count([p]) is var rows && rows > 0 && rows < 0.9 * table.Rows)
            )
            {
                return predicates;
            }
        }

        return null;
    }

    private static SlicePredicate Condition(SliceTable table, int f, RandomSource random)
    {
        var feature = table.Features[f];
        var isMissing = random.NextInt(10) == 0 && feature.Codes.Span.Contains((byte)feature.Bins);
        if (isMissing)
            return new SlicePredicate(f, feature.Bins, feature.Bins);
        var (a, b) = (random.NextInt(feature.Bins), random.NextInt(feature.Bins));
        return feature.IsOrdered ? new SlicePredicate(f, Math.Min(a, b), Math.Max(a, b)) : new SlicePredicate(f, a, a);
    }
}
