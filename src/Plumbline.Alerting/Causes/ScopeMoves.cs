using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Drift.Measures;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Windows;

namespace Plumbline.Alerting.Causes;

/// <summary>
/// How far the distributions of a scope's features, and of its answers, moved at an onset, whether a rule watches them or not.
/// </summary>
/// <param name="Moved">Those that moved, the farthest first: their PSI since the onset, and before it.</param>
/// <param name="Judged">How many features and answers could be compared, moved or not.</param>
internal sealed record ScopeMoves(IReadOnlyList<StreamChange> Moved, int Judged)
{
    /// <summary>
    /// By how much the PSI must have risen. Not how large it is: a segment that never was like all rows, which the reference describes, has
    /// a large one every day.
    /// </summary>
    private const double Rise = 0.1;

    private static readonly TimeSpan Before = TimeSpan.FromDays(7);

    /// <summary>Compares the days before the onset with the time from it to the last alert.</summary>
    /// <param name="search">The incident.</param>
    /// <param name="cancellation">Stops before it is read.</param>
    public static async Task<ScopeMoves> ReadAsync(CauseSearch search, CancellationToken cancellation)
    {
        var segment = search.Scope;
        var window = CoarseWindows.OfScope(search.Model.Window, segment);
        var since = search.Onset - (window > search.Model.Window ? window / 2 : TimeSpan.Zero);
        var points = await search.Evidence.PointsAsync(
            search.Model,
            new MetricQuery
            {
                Metrics = [PopulationStabilityIndex.Name],
                Segment = segment,
                From = search.Onset - Before,
                To = DateTimeOffset.FromUnixTimeMilliseconds(search.Alerts.Max(alert => alert.FiredMs)) + window,
                Window = window,
            },
            cancellation
        );
        var judged = 0;
        var moved = new List<StreamChange>();
        foreach (var feature in points.Where(IsUsable).GroupBy(point => point.Feature, StringComparer.Ordinal))
        {
            if (
                PointMean.Of(feature.Where(point => point.WindowEnd <= search.Onset)) is not { Value: var before }
                || PointMean.Of(feature.Where(point => point.WindowStart >= since)) is not { Value: var after }
            )
            {
                continue;
            }

            judged++;
            if (after - before >= Rise && after >= 2 * before)
                moved.Add(new(new StreamKey("", PopulationStabilityIndex.Name, feature.Key, "", segment, ""), after, before));
        }

        return new([.. moved.OrderByDescending(change => change.Value - change.Expected)], judged);
    }

    /// <summary>Whether a change is of the answers, not of a feature.</summary>
    public static bool IsOfAnswers(StreamChange change) => change.Key.Feature.StartsWith('@');

    private static bool IsUsable(MetricPoint point) =>
        point is { Value: not null, N: > 0, Status: MetricStatus.Ok or MetricStatus.Incomplete };
}
