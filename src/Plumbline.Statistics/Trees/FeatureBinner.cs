namespace Plumbline.Statistics.Trees;

/// <summary>
/// Maps columns to bytes: bin 0 is missing, bins 1 .. 254 are quantile bins of the training rows. Categories become numbers first: the mean
/// of the target over their training rows, shrunk to the overall mean by ten rows' weight; out-of-fold on the training rows themselves, so
/// that a rare category cannot leak its own target.
/// </summary>
internal sealed class FeatureBinner
{
    private const int MaximumBins = 254;
    private const double PriorRows = 10;
    private const int Folds = 5;

    private readonly double[][] _edges;
    private readonly Dictionary<string, double>?[] _means;
    private readonly double _overall;

    private FeatureBinner(double[][] edges, Dictionary<string, double>?[] means, double overall)
    {
        _edges = edges;
        _means = means;
        _overall = overall;
    }

    /// <summary>Fits on training rows and returns their binned columns too.</summary>
    public static (FeatureBinner Binner, byte[][] Columns) Fit(
        FeatureTable table,
        ReadOnlySpan<double> target,
        ReadOnlySpan<double> weights,
        RandomSource random
    )
    {
        var folds = new byte[table.Rows];
        for (var i = 0; i < folds.Length; i++)
            folds[i] = (byte)random.NextInt(Folds);
        double sum = 0,
            total = 0;
        for (var i = 0; i < table.Rows; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            sum += weight * target[i];
            total += weight;
        }

        var overall = total > 0 ? sum / total : 0;
        var edges = new double[table.ColumnCount][];
        var means = new Dictionary<string, double>?[table.ColumnCount];
        var columns = new byte[table.ColumnCount][];
        for (var c = 0; c < table.ColumnCount; c++)
        {
            var values = table[c].Numeric;
            if (values is null)
                (means[c], values) = Encode(table[c].Categorical!, target, weights, folds, overall);
            edges[c] = Edges(values);
            columns[c] = Bin(values, edges[c]);
        }

        return (new FeatureBinner(edges, means, overall), columns);
    }

    /// <summary>Bins rows that were not trained on; an unknown category counts as an average one.</summary>
    public byte[][] Transform(FeatureTable table)
    {
        var columns = new byte[table.ColumnCount][];
        for (var c = 0; c < table.ColumnCount; c++)
        {
            var values = table[c].Numeric;
            if (_means[c] is { } known)
            {
                var texts = table[c].Categorical!;
                values = new double[texts.Length];
                for (var i = 0; i < texts.Length; i++)
                    values[i] = texts[i] is { } text ? known.GetValueOrDefault(text, _overall) : double.NaN;
            }

            columns[c] = Bin(values!, _edges[c]);
        }

        return columns;
    }

    /// <summary>A column as those see it who have no bins.</summary>
    public TreeColumn Describe(int column, string name) => new(name, _means[column], _overall);

    /// <summary>The smallest value of a bin; infinite for the first one of all and beyond the last.</summary>
    public double BeginOf(int column, int bin) =>
        bin <= 1 ? double.NegativeInfinity
        : bin - 2 < _edges[column].Length ? _edges[column][bin - 2]
        : double.PositiveInfinity;

    private static (Dictionary<string, double> Means, double[] Values) Encode(
        string?[] texts,
        ReadOnlySpan<double> target,
        ReadOnlySpan<double> weights,
        byte[] folds,
        double overall
    )
    {
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] is not { } text)
                continue;
            if (!sums.TryGetValue(text, out var cell))
                sums[text] = cell = new double[2 * Folds];
            var weight = weights.IsEmpty ? 1 : weights[i];
            cell[2 * folds[i]] += weight * target[i];
            cell[2 * folds[i] + 1] += weight;
        }

        var means = new Dictionary<string, double>(sums.Count, StringComparer.Ordinal);
        foreach (var (text, cell) in sums)
            means[text] = Mean(cell, -1, overall);
        var values = new double[texts.Length];
        for (var i = 0; i < texts.Length; i++)
            values[i] = texts[i] is { } text ? Mean(sums[text], folds[i], overall) : double.NaN;
        return (means, values);
    }

    private static double Mean(double[] cell, int without, double overall)
    {
        double sum = PriorRows * overall,
            weight = PriorRows;
        for (var fold = 0; fold < Folds; fold++)
        {
            if (fold == without)
                continue;
            sum += cell[2 * fold];
            weight += cell[2 * fold + 1];
        }

        return sum / weight;
    }

    // Value v belongs to the bin after all edges below it: edges are values themselves, so that few distinct values get a bin each.
    private static double[] Edges(double[] values)
    {
        var present = values.Where(v => !double.IsNaN(v)).ToArray();
        Array.Sort(present);
        var distinct = 0;
        var edges = new List<double>(MaximumBins);
        for (var i = 0; i < present.Length; i++)
            distinct += i == 0 || present[i] != present[i - 1] ? 1 : 0;
        if (distinct <= MaximumBins)
        {
            for (var i = 1; i < present.Length; i++)
            {
                if (present[i] != present[i - 1])
                    edges.Add(present[i]);
            }

            return [.. edges];
        }

        for (var k = 1; k < MaximumBins; k++)
        {
            var edge = present[(int)((long)k * present.Length / MaximumBins)];
            if (edge > present[0] && (edges.Count == 0 || edge > edges[^1]))
                edges.Add(edge);
        }

        return [.. edges];
    }

    private static byte[] Bin(double[] values, double[] edges)
    {
        var bins = new byte[values.Length];
        for (var i = 0; i < bins.Length; i++)
            bins[i] = double.IsNaN(values[i]) ? (byte)0 : (byte)(1 + Binning.BinCounts.IndexOf(edges, values[i]));
        return bins;
    }
}
