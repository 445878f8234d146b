using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Backtests;

/// <summary>
/// What tools usually do: a fixed limit on a distance or a p-value, whatever the number of rows and however often one looks, or a mean with
/// three standard deviations. An alarm is the first window of a run beyond the limit, of one feature.
/// </summary>
internal sealed class UsualDefault(string name, string[] metrics, Func<MetricPoint, bool>? beyond)
{
    /// <summary>Windows from which mean and standard deviation are taken, where no fixed limit is.</summary>
    private const int LearningWindows = 48;

    private readonly Dictionary<(string, string), Series> _series = [];

    public string Name => name;

    public IReadOnlyList<string> Metrics => metrics;

    public int Streams => _series.Count;

    public List<BacktestFiring> Firings { get; } = [];

    public static IReadOnlyList<UsualDefault> All() =>
        [
            new("PSI at least 0.1", [PopulationStabilityIndex.Name], point => point.Value >= 0.1),
            new("p below 0.05 (KS, chi-square)", [KolmogorovSmirnov.Name, ChiSquare.Name], point => point.PValue < 0.05),
            new("Jensen-Shannon above mean + 3 standard deviations", [JensenShannon.Name], null),
        ];

    /// <summary>The points of one window, in order of time.</summary>
    public void Take(IEnumerable<MetricPoint> points)
    {
        foreach (var point in points)
        {
            if (
                point.Value is not { } value
                || !metrics.Contains(point.Metric)
                || (beyond is null ? false : point.Metric == ChiSquare.Name && IsNumericToo(point))
            )
            {
                continue;
            }

            if (!_series.TryGetValue((point.Metric, point.Feature), out var series))
                _series[(point.Metric, point.Feature)] = series = new Series();
            bool bad;
            if (beyond is not null)
            {
                bad = beyond(point);
            }
            else if (series.Learned.Count < LearningWindows)
            {
                series.Learned.Add(value);
                continue;
            }
            else
            {
                var mean = series.Learned.Average();
                bad = value > mean + (3 * Math.Sqrt(series.Learned.Average(entry => Math.Pow(entry - mean, 2))));
            }

            if (bad && !series.Beyond)
            {
                Firings.Add(
                    new BacktestFiring(point.WindowEnd, point.WindowStart, null, $"{point.Metric} of {point.Feature}", false, null)
                );
            }

            if (!bad && series.Beyond)
                End(point);
            series.Beyond = bad;
        }
    }

    // Numeric features have both tests; KS is the one that the tools use for them.
    private bool IsNumericToo(MetricPoint point) => _series.ContainsKey((KolmogorovSmirnov.Name, point.Feature));

    private void End(MetricPoint point)
    {
        var open = Firings.FindLastIndex(firing => firing.Stream == $"{point.Metric} of {point.Feature}");
        if (open >= 0)
            Firings[open] = Firings[open] with { EndedAt = point.WindowEnd };
    }

    private sealed class Series
    {
        public List<double> Learned { get; } = [];

        public bool Beyond { get; set; }
    }
}
