using Plumbline.Statistics;

namespace Plumbline.Bench.Alarms;

/// <summary>The counts of one feature over a stretch of windows, for every segment and (index 0) for all rows.</summary>
internal sealed class FeatureWindows
{
    /// <summary>Streams per feature: all rows and each segment.</summary>
    public static readonly int Streams = TrafficPath.SegmentShares.Length + 1;

    private readonly double[][][] _counts;

    private FeatureWindows(double[][][] counts) => _counts = counts;

    public double[] Counts(int stream, int window) => _counts[stream][window];

    /// <summary>
    /// Draws; the shift holds from window <paramref name="from"/> on, with <paramref name="shifted"/> as the law of its mean.
    /// </summary>
    public static FeatureWindows Draw(
        FeatureLaw law,
        TrafficPath path,
        RandomSource random,
        FeatureShift shift = default,
        int from = int.MaxValue,
        FeatureLaw? shifted = null
    )
    {
        var windows = path.Starts.Length;
        var counts = new double[Streams][][];
        for (var s = 0; s < Streams; s++)
            counts[s] = new double[windows][];
        for (var t = 0; t < windows; t++)
        {
            var all = counts[0][t] = new double[law.Width];
            var burstBin = random.NextInt(law.Bins);
            for (var s = 1; s < Streams; s++)
            {
                var own = counts[s][t] = new double[law.Width];
                if (t >= from)
                    (shifted ?? law).Draw(path, t, s - 1, burstBin, shift, random, own);
                else
                    law.Draw(path, t, s - 1, burstBin, default, random, own);
                for (var b = 0; b < own.Length; b++)
                    all[b] += own[b];
            }
        }

        return new FeatureWindows(counts);
    }
}
