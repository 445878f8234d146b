using Plumbline.Statistics.Binning;
using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// What the macro averages of some rows turn out to be when their labels are drawn from the calibrated probabilities, again and again.
/// Macro averages over classes that occur are no smooth function of the expected counts: a class that is expected 0.3 times is absent in
/// most windows, and where it occurs it brings a 0 or a 1. Intervals by the delta method around the expected counts held 67 to 80 % of such
/// averages instead of 95 %.
/// </summary>
internal sealed class LabelDraws
{
    private const int Draws = 300;
    private const int MostRows = 20_000;
    private const ulong Seed = 20_261_128;

    private readonly double[][] _values;
    private readonly double _shrink;

    private LabelDraws(double[][] values, double shrink) => (_values, _shrink) = (values, shrink);

    /// <summary>
    /// Draws labels of all rows, or of 20,000 that are evenly spaced; their spread is then made narrower by the root of the share.
    /// </summary>
    public static LabelDraws Of(int classes, double[] calibrated, ReadOnlySpan<int> predictions)
    {
        var step = Math.Max(1, (predictions.Length + MostRows - 1) / MostRows);
        var rows = (predictions.Length + step - 1) / step;
        var cumulative = new double[rows * classes];
        var decisions = new int[rows];
        for (var r = 0; r < rows; r++)
        {
            decisions[r] = predictions[r * step];
            var sum = 0.0;
            for (var k = 0; k < classes; k++)
                cumulative[r * classes + k] = sum += calibrated[r * step * classes + k];
        }

        var random = new RandomSource(Seed);
        var values = new double[3][];
        for (var v = 0; v < 3; v++)
            values[v] = new double[Draws];
        var counts = new DrawnCounts(classes, decisions);
        for (var d = 0; d < Draws; d++)
        {
            counts.Clear();
            for (var r = 0; r < rows; r++)
                counts.Add(Label(cumulative.AsSpan(r * classes, classes), random.NextDouble()), decisions[r]);
            (values[0][d], values[1][d], values[2][d]) = counts.Metrics();
        }

        return new LabelDraws(values, Math.Sqrt((double)rows / predictions.Length));
    }

    /// <summary>A metric's estimate: the interval is that of the draws with the calibration's error laid over them.</summary>
    /// <param name="metric">0 precision, 1 recall, 2 F1.</param>
    /// <param name="value">The estimate.</param>
    /// <param name="n">Rows.</param>
    /// <param name="calibration">Root of the mean square deviation of refits of the calibration from the fit.</param>
    public EstimatedMetric Metric(int metric, double value, long n, double calibration)
    {
        var drawn = _values[metric];
        var mean = drawn.Average();
        var random = new RandomSource(Seed + (ulong)metric + 1);
        var outcomes = new double[Draws];
        var sampling = 0.0;
        for (var d = 0; d < Draws; d++)
        {
            var around = _shrink * (drawn[d] - mean);
            sampling += around * around / Draws;
            outcomes[d] = Math.Clamp(mean + around + calibration * random.NextGaussian(), 0, 1);
        }

        Array.Sort(outcomes);
        var interval = new Interval(
            Math.Min(value, Quantile.OfSorted(outcomes, 0.025)),
            Math.Max(value, Quantile.OfSorted(outcomes, 0.975))
        );
        return EstimatedMetric.Drawn(value, n, Math.Sqrt(sampling), calibration, interval);
    }

    private static int Label(ReadOnlySpan<double> cumulative, double uniform)
    {
        var at = uniform * cumulative[^1];
        var k = 0;
        while (k < cumulative.Length - 1 && cumulative[k] <= at)
            k++;
        return k;
    }

    /// <summary>Counts of one draw: what macro averages need, in far less than a whole matrix.</summary>
    private sealed class DrawnCounts
    {
        private readonly int[] _predicted;
        private readonly int[] _support;
        private readonly int[] _hits;

        public DrawnCounts(int classes, int[] decisions)
        {
            (_predicted, _support, _hits) = (new int[classes], new int[classes], new int[classes]);
            foreach (var decision in decisions)
                _predicted[decision]++;
        }

        public void Clear()
        {
            Array.Clear(_support);
            Array.Clear(_hits);
        }

        public void Add(int label, int decision)
        {
            _support[label]++;
            if (label == decision)
                _hits[label]++;
        }

        public (double Precision, double Recall, double F1) Metrics()
        {
            double precision = 0,
                recall = 0,
                f1 = 0;
            var present = 0;
            for (var k = 0; k < _hits.Length; k++)
            {
                var both = _predicted[k] + _support[k];
                if (both == 0)
                    continue;
                present++;
                precision += _predicted[k] == 0 ? 0 : (double)_hits[k] / _predicted[k];
                recall += _support[k] == 0 ? 0 : (double)_hits[k] / _support[k];
                f1 += 2.0 * _hits[k] / both;
            }

            return (precision / present, recall / present, f1 / present);
        }
    }
}

/// <summary>
/// Expected macro averages over the classes that will occur or are predicted, each class weighted by how probable it is to be there.
/// </summary>
internal static class ExpectedMacro
{
    /// <summary>Accuracy and the three averages.</summary>
    public static (double Accuracy, double Precision, double Recall, double F1) Of(
        ConfusionMatrix expected,
        double[] calibrated,
        ReadOnlySpan<int> predictions
    )
    {
        var classes = expected.Classes;
        double hits = 0,
            precision = 0,
            recall = 0,
            f1 = 0,
            present = 0;
        for (var k = 0; k < classes; k++)
        {
            var one = expected.OneVersusRest(k);
            var (hit, support, predicted) = (one.TruePositive, one.TruePositive + one.FalseNegative, one.TruePositive + one.FalsePositive);
            hits += hit;
            var occurs = Occurs(classes, k, calibrated, predictions.Length);
            var isPredicted = predictions.Contains(k);
            present += isPredicted ? 1 : occurs;
            if (!isPredicted)
                continue;
            precision += hit / predicted;
            recall += support > 0 ? occurs * (hit / support) : 0;
            f1 += 2 * hit / (support + predicted);
        }

        return (hits / expected.Total, precision / present, recall / present, f1 / present);
    }

    private static double Occurs(int classes, int cls, double[] calibrated, int rows)
    {
        var never = 1.0;
        for (var i = 0; i < rows && never > 1e-12; i++)
            never *= 1 - calibrated[i * classes + cls];
        return 1 - never;
    }
}
