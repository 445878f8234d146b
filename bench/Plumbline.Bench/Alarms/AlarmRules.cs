using Plumbline.Statistics.Alarms;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.TwoSample;

namespace Plumbline.Bench.Alarms;

/// <summary>One stream's past and law, from which each rule makes up its mind.</summary>
internal sealed record StreamHistory(FeatureLaw Law, IReadOnlyList<WindowCounts> Windows, double[] Total, double StandardDeviation);

/// <summary>
/// Rules that say for each window of a stream whether they alert. Each is written from its documentation; the parameters are the documented
/// defaults.
/// </summary>
internal static class AlarmRules
{
    public static readonly string[] Names = ["PSI 0.1", "KS/chi2 5%", "Evidently", "NannyML"];

    /// <summary>Plumbline's default: calibrated null, e-detector, budget of one alarm in 30 days over all streams.</summary>
    public static Func<WindowCounts, (AlarmStep Step, double Effect)?> Plumbline(
        IReadOnlyList<WindowCounts> history,
        AlarmDetector detector
    )
    {
        var learned = BinnedNull.Learn(history, TimeSpan.FromHours(1));
        if (learned is null)
            return _ => null;
        var memory = learned.NewMemory();
        foreach (var window in history.TakeLast(48))
            learned.Evaluate(window, memory);
        var state = AlarmState.Fresh;
        return window =>
        {
            if (learned.Evaluate(window, memory) is not { } surprise)
                return null;
            var step = detector.Next(state, surprise.PValue, window.Start);
            state = step.State;
            return (step, surprise.Effect);
        };
    }

    public static Func<double[], bool>[] Usual(StreamHistory history)
    {
        var reference = history.Total;
        var deciles = Deciles(history.Law, reference);
        var limit = NannyLimit(history);
        return
        [
            current => BinnedDistance.PopulationStability(deciles, Deciles(history.Law, current)).Value is >= 0.1,
            current => PValue(history.Law, reference, current) < 0.05,
            current =>
                history.Law.IsNumeric
                    ? Wasserstein(history, current) >= 0.1
                    : JensenShannon(reference, current, history.Law.Bins + 1) * Math.Sqrt(Math.Log(2)) >= 0.1,
            current => JensenShannon(deciles, Deciles(history.Law, current), deciles.Length) > limit,
        ];
    }

    /// <summary>
    /// Values only (missing ones are left out, as the tools do): deciles of a numeric feature, categories with the unseen one of another.
    /// </summary>
    private static double[] Deciles(FeatureLaw law, double[] counts)
    {
        if (!law.IsNumeric)
            return counts[..(law.Bins + 1)];
        var merged = new double[10];
        for (var b = 0; b < law.Bins; b++)
            merged[b * 10 / law.Bins] += counts[b];
        return merged;
    }

    private static double PValue(FeatureLaw law, double[] reference, double[] current)
    {
        if (!law.IsNumeric)
            return Homogeneity.ChiSquare<double>(reference.AsSpan(0, law.Bins + 1), current.AsSpan(0, law.Bins + 1)).PValue ?? 1;
        var (n, m) = (Values(reference, law.Bins), Values(current, law.Bins));
        if (n == 0 || m == 0)
            return 1;
        // Read at 99 edges: at most the statistic of the rows, so never more alerts than the test itself would give.
        double f = 0,
            g = 0,
            distance = 0;
        for (var b = 0; b < law.Bins; b++)
        {
            f += reference[b] / n;
            g += current[b] / m;
            distance = Math.Max(distance, Math.Abs(f - g));
        }

        return KolmogorovSmirnov.AsymptoticTail(distance, (long)n, (long)m);
    }

    // Area between the distribution functions inside the outermost edges, over the reference's standard deviation.
    private static double Wasserstein(StreamHistory history, double[] current)
    {
        var law = history.Law;
        var (n, m) = (Values(history.Total, law.Bins), Values(current, law.Bins));
        if (n == 0 || m == 0)
            return 0;
        double gap = 0,
            area = 0;
        for (var b = 0; b < law.Bins - 1; b++)
        {
            var next = gap + history.Total[b] / n - current[b] / m;
            if (b > 0)
                area += (Math.Abs(gap) + Math.Abs(next)) / 2 * (law.Edges[b] - law.Edges[b - 1]);
            gap = next;
        }

        return area / Math.Max(0.001, history.StandardDeviation);
    }

    // Base-2 distance.
    private static double JensenShannon(double[] reference, double[] current, int bins) =>
        BinnedDistance.JensenShannonDistance<double>(reference.AsSpan(0, bins), current.AsSpan(0, bins)).Value ?? 0;

    // Mean plus three standard deviations of the reference's own chunks.
    private static double NannyLimit(StreamHistory history)
    {
        var reference = Deciles(history.Law, history.Total);
        var values = history.Windows.Select(w => JensenShannon(reference, Deciles(history.Law, w.Counts), reference.Length)).ToArray();
        var mean = values.Average();
        return mean + 3 * Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    private static double Values(double[] counts, int bins)
    {
        var sum = 0.0;
        for (var b = 0; b < bins; b++)
            sum += counts[b];
        return sum;
    }
}
