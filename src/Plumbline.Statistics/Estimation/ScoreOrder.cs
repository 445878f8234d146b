namespace Plumbline.Statistics.Estimation;

/// <summary>
/// Rows in the order of one class's probability, ties together. The order is the same whichever calibration is laid over the rows, so that
/// all refits share one sort.
/// </summary>
internal sealed class ScoreOrder
{
    private readonly int _class;
    private readonly int _classes;
    private readonly int[] _rows;
    private readonly int[] _ends;

    private ScoreOrder(int @class, int classes, int[] rows, int[] ends, ExpectedGroups groups)
    {
        (_class, _classes, _rows, _ends) = (@class, classes, rows, ends);
        Groups = groups;
    }

    /// <summary>The distinct probabilities with how many rows have each.</summary>
    public ExpectedGroups Groups { get; }

    /// <summary>Sorts rows by a class.</summary>
    /// <param name="probabilities">Row-major rows x classes.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="class">The class.</param>
    public static ScoreOrder Of(ReadOnlySpan<double> probabilities, int classes, int @class)
    {
        var sorted = new double[probabilities.Length / classes];
        var rows = new int[sorted.Length];
        for (var i = 0; i < rows.Length; i++)
            (sorted[i], rows[i]) = (probabilities[i * classes + @class], i);
        Array.Sort(sorted, rows);
        var (scores, ends) = (new List<double>(), new List<int>());
        for (var i = 0; i < sorted.Length; i++)
        {
            if (scores.Count > 0 && scores[^1] == sorted[i])
            {
                ends[^1] = i + 1;
                continue;
            }

            scores.Add(sorted[i]);
            ends.Add(i + 1);
        }

        var counts = new double[ends.Count];
        for (var g = 0; g < counts.Length; g++)
            counts[g] = ends[g] - (g == 0 ? 0 : ends[g - 1]);
        return new ScoreOrder(@class, classes, rows, [.. ends], new ExpectedGroups([.. scores], counts, new double[counts.Length]));
    }

    /// <summary>
    /// Mean calibrated probability of the class in each group. Renormalising makes the calibrated value differ between rows of one
    /// probability, so that ties get their mean.
    /// </summary>
    /// <param name="calibrated">Row-major rows x classes.</param>
    public double[] Means(double[] calibrated)
    {
        var means = new double[_ends.Length];
        var from = 0;
        for (var g = 0; g < means.Length; g++)
        {
            for (var i = from; i < _ends[g]; i++)
                means[g] += calibrated[_rows[i] * _classes + _class];
            means[g] /= _ends[g] - from;
            from = _ends[g];
        }

        return means;
    }
}
