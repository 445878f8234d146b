using Plumbline.Monitoring.Profiles;
using Plumbline.Statistics;

namespace Plumbline.Monitoring.Metrics;

/// <summary>A window that metric points are computed for.</summary>
public sealed record MetricWindow(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;

    public int Seconds => (int)Length.TotalSeconds;
}

/// <summary>Collects the points of one window and scope, and applies the rules that hold for all of them.</summary>
/// <param name="points">Gets them.</param>
/// <param name="window">The window.</param>
/// <param name="scope">The scope.</param>
/// <param name="alsoVersion">The version that made all predictions of the scope; see <see cref="MetricPoint.AlsoVersion"/>.</param>
public sealed class MetricSink(List<MetricPoint> points, MetricWindow window, ProfileScope scope, string alsoVersion = "")
{
    /// <summary>Below this many rows a number is noise: the point says insufficient_data instead.</summary>
    public const int MinimumRows = 30;

    /// <summary>
    /// Adds a number; below <see cref="MinimumRows"/> of the current rows (or of either sample of a comparison) it is withheld.
    /// </summary>
    public void Add(string metric, Estimate estimate, string feature = "", string @class = "", double? pValue = null) =>
        AddAsIs(metric, estimate.RequireAtLeast(MinimumRows), estimate.M ?? estimate.N, feature, @class, pValue);

    /// <summary>Adds the outcome of a test: its statistic, with the p-value.</summary>
    public void Add(string metric, TestResult test, string feature = "") => Add(metric, test.ToEstimate(), feature, pValue: test.PValue);

    /// <summary>Adds what a measure gives. One that fails takes nothing else with it: its point is undefined and says why.</summary>
    public void AddGuarded(string metric, string feature, Func<(Estimate Estimate, double? PValue)> measure)
    {
        try
        {
            var (estimate, pValue) = measure();
            Add(metric, estimate, feature, pValue: pValue);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            AddFailed(metric, error.Message, feature);
        }
    }

    /// <summary>Adds a point that says why there is no number.</summary>
    public void AddFailed(string metric, string cause, string feature = "") =>
        AddAsIs(metric, Estimate.Undefined(0, null, Fault.Failed(cause)), 0, feature, "", pValue: null);

    /// <summary>Adds a count, which is exact whatever its size.</summary>
    public void AddCount(string metric, double value, long n, string feature = "", string @class = "") =>
        AddAsIs(metric, Estimate.Of(value, n), n, feature, @class, pValue: null);

    private void AddAsIs(string metric, Estimate estimate, long n, string feature, string @class, double? pValue) =>
        points.Add(
            new MetricPoint
            {
                Metric = metric,
                Feature = feature,
                Class = @class,
                Segment = scope.Segment,
                Version = scope.Version,
                AlsoVersion = alsoVersion,
                WindowStart = window.Start,
                WindowEnd = window.End,
                Value = estimate.Value,
                Lower = estimate.Lower,
                Upper = estimate.Upper,
                PValue = estimate.IsOk ? pValue : null,
                N = n,
                Status = estimate.Status switch
                {
                    EstimateStatus.Ok => MetricStatus.Ok,
                    EstimateStatus.InsufficientData => MetricStatus.InsufficientData,
                    _ => MetricStatus.Undefined,
                },
                Reason = estimate.Reason ?? "",
                ErrorBound = estimate.ErrorBound,
            }
        );
}
