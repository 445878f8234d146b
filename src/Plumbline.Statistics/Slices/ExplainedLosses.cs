namespace Plumbline.Statistics.Slices;

/// <summary>
/// What slices that were found leave unexplained of the losses: each loss minus the mean of the rows that are in the same of them. Where
/// two slices overlap the rows of both have a mean of their own, so nothing is taken away twice.
/// </summary>
internal sealed class ExplainedLosses
{
    private readonly double[] _losses;
    private readonly ulong[] _slices;
    private int _count;

    public ExplainedLosses(double[] losses)
    {
        (_losses, _slices) = (losses, new ulong[losses.Length]);
        Unexplained = new double[losses.Length];
        Explain();
    }

    /// <summary>What is left of each loss; its mean over all rows is 0.</summary>
    public double[] Unexplained { get; }

    /// <summary>Whether the row is in none of the slices.</summary>
    public bool IsOutside(int row) => _slices[row] == 0;

    /// <summary>Takes one more slice as known; at most 64 of them.</summary>
    public void Add(bool[] slice)
    {
        var bit = 1UL << _count++;
        for (var i = 0; i < slice.Length; i++)
            _slices[i] |= slice[i] ? bit : 0;
        Explain();
    }

    private void Explain()
    {
        Dictionary<ulong, (int Rows, double Sum)> means = [];
        for (var i = 0; i < _losses.Length; i++)
        {
            var known = means.GetValueOrDefault(_slices[i]);
            means[_slices[i]] = (known.Rows + 1, known.Sum + _losses[i]);
        }

        for (var i = 0; i < _losses.Length; i++)
        {
            var (rows, sum) = means[_slices[i]];
            Unexplained[i] = _losses[i] - sum / rows;
        }
    }
}
