using System.Numerics;

namespace Plumbline.Statistics.Distances;

/// <summary>Checked totals of two rows of counts over the same bins.</summary>
internal readonly record struct BinTotals(double Reference, double Current)
{
    public long N => (long)Math.Round(Reference);

    public long M => (long)Math.Round(Current);

    public bool IsComparable => Reference > 0 && Current > 0;

    /// <summary>Sums both rows. Throws for different lengths, no bins, negative or non-finite counts.</summary>
    public static BinTotals Of<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        if (reference.IsEmpty)
            throw new ArgumentException("At least one bin is needed.", nameof(reference));
        Require.SameLength(reference.Length, current.Length, nameof(current));
        return new BinTotals(Sum(reference, nameof(reference)), Sum(current, nameof(current)));
    }

    public Estimate Missing() =>
        Estimate.Insufficient(N, M, Reference > 0 ? "the current sample has no rows" : "the reference has no rows");

    public TestResult MissingTest() =>
        TestResult.Insufficient(N, M, Reference > 0 ? "the current sample has no rows" : "the reference has no rows");

    private static double Sum<T>(ReadOnlySpan<T> counts, string name)
        where T : struct, INumberBase<T>
    {
        var total = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            var count = double.CreateChecked(counts[i]);
            Require.Count(count, i, name);
            total += count;
        }

        return total;
    }
}
