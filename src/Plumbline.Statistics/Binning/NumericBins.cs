namespace Plumbline.Statistics.Binning;

/// <summary>The counts of one side over common edges, with its smallest and largest value and, where known, its sum.</summary>
public readonly ref struct NumericBins
{
    /// <summary>Counts (edges + 1), the range of the values in them, and their sum (NaN when not known).</summary>
    public NumericBins(ReadOnlySpan<ulong> counts, double minimum, double maximum, double sum = double.NaN)
    {
        Counts = counts;
        Minimum = minimum;
        Maximum = maximum;
        Sum = sum;
    }

    /// <summary>Rows per bin.</summary>
    public ReadOnlySpan<ulong> Counts { get; }

    /// <summary>Smallest value.</summary>
    public double Minimum { get; }

    /// <summary>Largest value.</summary>
    public double Maximum { get; }

    /// <summary>Sum of all values; NaN when not known. It says on which side of the wide bins their values lie.</summary>
    public double Sum { get; }
}
