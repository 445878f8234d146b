using Plumbline.Statistics;
using Plumbline.Statistics.Probability;

namespace Plumbline.Bench.Alarms;

/// <summary>A change that is put into a feature from some hour on.</summary>
/// <param name="Mean">Shift of the mean, in standard deviations of the feature (numeric features only).</param>
/// <param name="NewCategory">Share of rows that get a category never seen before.</param>
/// <param name="Missing">Share of rows whose value gets lost.</param>
internal readonly record struct FeatureShift(double Mean = 0, double NewCategory = 0, double Missing = 0);

/// <summary>
/// One feature's law: the probability of each bin by segment and component (hour of the week, customer group). Counts of windows are drawn
/// from it directly, which is the same as drawing rows and counting them. Bins: 10 or 100 between fixed edges (or 8 categories), then
/// unseen, then missing.
/// </summary>
internal sealed class FeatureLaw
{
    private const int Categories = 8;
    private const int HoursOfWeek = 168;

    private readonly AlarmScenario _scenario;
    private readonly double[][][] _tables;
    private readonly double _missing;

    public FeatureLaw(AlarmScenario scenario, bool isNumeric, int bins, RandomSource random, double shift = 0)
    {
        _scenario = scenario;
        IsNumeric = isNumeric;
        Bins = isNumeric ? bins : Categories;
        _missing = random.NextInt(3) switch
        {
            0 => 0,
            1 => 0.005,
            _ => 0.02,
        };
        Edges = new double[Bins - 1];
        for (var e = 0; e < Edges.Length; e++)
            Edges[e] = Quantile((e + 1.0) / Bins);
        // The latent value of a category is a normal one too, cut at unequal edges: frequent and rare categories.
        for (var e = 0; !isNumeric && e < Edges.Length; e++)
            Edges[e] = -1.2 + 0.55 * e;
        _tables = Tables(random, shift);
    }

    public bool IsNumeric { get; }

    /// <summary>Bins between edges, without unseen and missing.</summary>
    public int Bins { get; }

    public double[] Edges { get; }

    /// <summary>All bins, with unseen and missing.</summary>
    public int Width => Bins + 2;

    /// <summary>Draws the counts of one window in one segment into <paramref name="counts"/>.</summary>
    public void Draw(TrafficPath path, int window, int segment, int burstBin, FeatureShift shift, RandomSource random, Span<double> counts)
    {
        var rows = path.Rows[window, segment];
        var burst = path.BurstShares[window] > 0 ? random.NextBinomial(rows, path.BurstShares[window]) : 0;
        rows -= burst;
        var missing = random.NextBinomial(rows, _missing + (1 - _missing) * shift.Missing);
        var unseen = random.NextBinomial(rows - missing, shift.NewCategory);
        counts[Bins] = unseen;
        counts[Bins + 1] = missing;
        var left = rows - missing - unseen;
        var rest = 1.0;
        for (var b = 0; b < Bins; b++)
        {
            var p = Probability(path, window, segment, b);
            var drawn = b == Bins - 1 ? left : random.NextBinomial(left, rest > 0 ? Math.Clamp(p / rest, 0, 1) : 0);
            counts[b] = drawn;
            left -= drawn;
            rest -= p;
        }

        counts[burstBin] += burst;
    }

    private double Probability(TrafficPath path, int window, int segment, int bin)
    {
        var tables = _tables[segment];
        switch (_scenario)
        {
            case AlarmScenario.Seasonality:
                var start = path.Starts[window];
                return tables[start.Hour + 24 * (int)start.DayOfWeek][bin];
            case AlarmScenario.TrafficMix:
                var sum = 0.0;
                for (var g = 0; g < TrafficPath.Groups; g++)
                    sum += path.Weights[window, g] * tables[g][bin];
                return sum;
            default:
                return tables[0][bin];
        }
    }

    private double[][][] Tables(RandomSource random, double shift)
    {
        var components = _scenario switch
        {
            AlarmScenario.Seasonality => HoursOfWeek,
            AlarmScenario.TrafficMix => TrafficPath.Groups,
            _ => 1,
        };
        var (amplitude, phase, weekend) = (0.3 * random.NextGaussian(), 24 * random.NextDouble(), 0.2 * random.NextGaussian());
        var days = Normal(7, 0.1, random);
        var groups = Normal(TrafficPath.Groups, 0.7, random);
        var tables = new double[TrafficPath.SegmentShares.Length][][];
        for (var s = 0; s < tables.Length; s++)
        {
            var segment = 0.3 * random.NextGaussian();
            tables[s] = new double[components][];
            for (var c = 0; c < components; c++)
            {
                var mean =
                    segment
                    + shift
                    + _scenario switch
                    {
                        AlarmScenario.Seasonality => amplitude * Math.Cos(2 * Math.PI * (c % 24 - phase) / 24)
                            + days[c / 24]
                            + (c / 24 is 0 or 6 ? weekend : 0),
                        AlarmScenario.TrafficMix => groups[c],
                        _ => 0,
                    };
                tables[s][c] = Cells(mean);
            }
        }

        return tables;
    }

    private double[] Cells(double mean)
    {
        var cells = new double[Bins];
        var below = 0.0;
        for (var b = 0; b < Bins; b++)
        {
            var upTo = b == Bins - 1 ? 1 : Below(Edges[b] - mean);
            cells[b] = Math.Max(0, upTo - below);
            below = upTo;
        }

        return cells;
    }

    private bool IsHeavy => _scenario == AlarmScenario.HeavyTails && IsNumeric;

    // Student's t with two degrees of freedom has both functions in closed form.
    private double Below(double x) => IsHeavy ? 0.5 + x / (2 * Math.Sqrt(2 + x * x)) : 1 - Tails.Normal(x);

    private double Quantile(double p) => IsHeavy ? (2 * p - 1) / Math.Sqrt(2 * p * (1 - p)) : Tails.NormalQuantile(p);

    private static double[] Normal(int count, double spread, RandomSource random)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = spread * random.NextGaussian();
        return values;
    }
}
