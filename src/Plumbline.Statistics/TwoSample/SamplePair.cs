namespace Plumbline.Statistics.TwoSample;

/// <summary>Two samples, each sorted ascending, checked once.</summary>
internal readonly struct SamplePair
{
    private SamplePair(double[] reference, double[] current)
    {
        Reference = reference;
        Current = current;
    }

    public double[] Reference { get; }

    public double[] Current { get; }

    public int N => Reference.Length;

    public int M => Current.Length;

    public static SamplePair Of(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        Require.Finite(reference);
        Require.Finite(current);
        return new SamplePair(Sorting.Ascending(reference), Sorting.Ascending(current));
    }

    /// <summary>Why a test that needs <paramref name="minimum"/> rows on each side cannot run; null when it can.</summary>
    public string? TooFew(int minimum)
    {
        if (N >= minimum && M >= minimum)
            return null;
        return N < minimum ? $"the reference has {N} rows, {minimum} are needed" : $"the current sample has {M} rows, {minimum} are needed";
    }

    /// <summary>True when all rows of both sides are one value: no difference, no variance.</summary>
    public bool IsOneConstant => N > 0 && M > 0 && Reference[0] == Reference[^1] && Current[0] == Current[^1] && Reference[0] == Current[0];

    /// <summary>Merges into one ascending array with the origin of each value.</summary>
    public PooledSample Pool()
    {
        var values = new double[N + M];
        var isReference = new bool[N + M];
        int i = 0,
            j = 0;
        for (var k = 0; k < values.Length; k++)
        {
            if (j == M || (i < N && Reference[i] <= Current[j]))
                (values[k], isReference[k]) = (Reference[i++], true);
            else
                values[k] = Current[j++];
        }

        return new PooledSample(values, isReference, N);
    }
}

/// <summary>Both samples in one ascending array; ties keep the reference first.</summary>
internal sealed record PooledSample(double[] Values, bool[] IsReference, int ReferenceRows)
{
    public int Total => Values.Length;

    public int CurrentRows => Values.Length - ReferenceRows;

    /// <summary>End (exclusive) of the group of equal values that starts at <paramref name="start"/>.</summary>
    public int EndOfTie(int start)
    {
        var end = start + 1;
        while (end < Values.Length && Values[end] == Values[start])
            end++;
        return end;
    }

    public bool HasTies()
    {
        for (var i = 1; i < Values.Length; i++)
        {
            if (Values[i] == Values[i - 1])
                return true;
        }

        return false;
    }
}
