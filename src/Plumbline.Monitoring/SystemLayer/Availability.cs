using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.SystemLayer;

/// <summary>How many predictions of a version came without error and in time, and what that leaves of the error budget.</summary>
/// <param name="Version">The version; empty for all.</param>
/// <param name="Requests">Predictions.</param>
/// <param name="Errors">Of these, those with status error.</param>
/// <param name="Timeouts">Of these, those with status timeout.</param>
/// <param name="Availability">The share without either, with its 95 % interval.</param>
/// <param name="Budget">
/// The share of the error budget that is left: 1 is all, 0 none, less than 0 more than none. The budget is what the objective allows of
/// these requests to fail.
/// </param>
public sealed record VersionAvailability(string Version, long Requests, long Errors, long Timeouts, Estimate Availability, double Budget);

/// <summary>Availability by version, from the days of the model.</summary>
public sealed class AvailabilityReader(MetricPointStore points, MachineOptions options, TimeProvider time)
{
    private static readonly string[] Read = [SystemMetrics.Requests, SystemMetrics.ErrorRate, SystemMetrics.TimeoutRate];

    /// <summary>The share of predictions that must come without error and in time.</summary>
    public double Objective => options.Objective;

    /// <summary>All versions together, then each, the one with most requests first; empty without predictions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="days">How many days back from the end of today.</param>
    /// <param name="cancellation">Stops before it is read.</param>
    public async Task<IReadOnlyList<VersionAvailability>> ReadAsync(ModelDefinition model, int days, CancellationToken cancellation)
    {
        var to = time.GetUtcNow() + CoarseWindows.Day;
        var read = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = Read,
                Version = null,
                From = to - ((days + 1) * CoarseWindows.Day),
                To = to,
                Window = model.Window > CoarseWindows.Day ? model.Window : CoarseWindows.Day,
            },
            cancellation
        );
        return
        [
            .. read.GroupBy(point => point.Version, StringComparer.Ordinal)
                .Select(Of)
                .Where(version => version.Requests > 0)
                .OrderByDescending(version => version.Version.Length == 0)
                .ThenByDescending(version => version.Requests),
        ];
    }

    private VersionAvailability Of(IGrouping<string, MetricPoint> version)
    {
        var requests = Sum(version, SystemMetrics.Requests, point => point.Value ?? 0);
        var errors = Sum(version, SystemMetrics.ErrorRate, point => (point.Value ?? 0) * point.N);
        var timeouts = Sum(version, SystemMetrics.TimeoutRate, point => (point.Value ?? 0) * point.N);
        var failed = Math.Min(requests, errors + timeouts);
        var budget = 1 - (failed / (requests * (1 - options.Objective)));
        return new(version.Key, requests, errors, timeouts, Wilson.Proportion((ulong)(requests - failed), (ulong)requests), budget);
    }

    private static long Sum(IEnumerable<MetricPoint> version, string metric, Func<MetricPoint, double> count) =>
        (long)Math.Round(version.Where(point => point.Metric == metric).Sum(count));
}
