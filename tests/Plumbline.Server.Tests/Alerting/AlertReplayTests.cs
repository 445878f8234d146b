using System.Globalization;
using Plumbline.Alerting;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>
/// The alerts of demonstrations that start at different hours, as its rules made them: six troubles are six incidents. <c>DemoAlerts</c>
/// has a file per hour of start; hours count from <see cref="Start"/>.
/// </summary>
public sealed class AlertReplayTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 8, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Models = ["ticket-router", "handling-time", "refund-risk"];

    public static TheoryData<string> Hours { get; } =
    [.. Directory.GetFiles(Folder, "*.csv").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Alerting", "DemoAlerts");

    [Theory]
    [MemberData(nameof(Hours))]
    public void Six_troubles_are_six_incidents_at_any_hour_of_start(string hour)
    {
        // The demonstration ends at that hour of its fifteenth day; its troubles lie at fixed times before that.
        var end = (14 * 24) + int.Parse(hour, CultureInfo.InvariantCulture);
        var groups = Replay(Read(hour), end);

        Assert.Equal(6, groups.Count);
        var answers = Of("output.share", "", from: end - 228, to: end - 204);
        var missing = Of("input.missing_rate", "", from: end - 192, to: end - 162);
        var segment = Of("performance.accuracy", "country=BR", from: end - 156, to: null);
        var release = Of("system.error_rate", "", from: end - 120, to: end - 114);
        var concept = Of("performance.accuracy", "country=US", from: end - 84, to: null);
        var drift = Assert.Single(groups, group => group.Alerts.All(alert => alert.Metric == "drift.calibrated"));
        Assert.Equal(6, new[] { answers, missing, segment, release, concept, drift }.Distinct().Count());
        Assert.Contains(segment.Alerts, alert => alert is { Segment: "country=BR", Metric: "performance.mae" });

        // The onset of what is seen by days is known to the day.
        AlertGroup Of(string metric, string segment, int from, int? to)
        {
            var found = Assert.Single(
                groups,
                group => group.Alerts.Any(alert => alert.Metric == metric && alert.Segment == segment && IsNear(alert))
            );
            Assert.InRange(HoursOf(IncidentLife.OnsetMs(found.Alerts)), from - 24, from + 12);
            if (to is { } over)
                Assert.InRange(HoursOf(IncidentLife.EndMs(found.Alerts)!.Value), over - 1, over + 24);
            else
                Assert.Null(IncidentLife.EndMs(found.Alerts));
            return found;

            bool IsNear(AlertRow alert) => Math.Abs(HoursOf(alert.OnsetMs) - from) <= 24;
        }
    }

    [Theory]
    [MemberData(nameof(Hours))]
    public void What_is_stored_of_the_future_makes_no_difference(string hour)
    {
        var alerts = Read(hour);
        alerts.Sort(AlertReplay.Order);
        var end = (14 * 24) + int.Parse(hour, CultureInfo.InvariantCulture);
        for (var now = 7 * 24; now < end; now += 12)
        {
            // As it was stored then: later ends were not known.
            var then = Start.AddHours(now).ToUnixTimeMilliseconds();
            var known = alerts.FindAll(alert => alert.FiredMs <= then);
            var whole = Names(Replay(known, now));
            foreach (var alert in known)
                alert.ResolvedMs = alert.ResolvedMs <= then ? alert.ResolvedMs : null;
            Assert.Equal(whole, Names(Replay(known, now)));
            alerts = Read(hour);
            alerts.Sort(AlertReplay.Order);
        }

        static List<string> Names(IReadOnlyList<AlertGroup> groups) =>
            [
                .. groups.Select(group =>
                    string.Join(
                        ' ',
                        group.Alerts.Select(alert => $"{alert.ModelId} {alert.Key} {alert.FiredMs}").Order(StringComparer.Ordinal)
                    )
                ),
            ];
    }

    private static IReadOnlyList<AlertGroup> Replay(List<AlertRow> alerts, int untilHours)
    {
        alerts.Sort(AlertReplay.Order);
        var replay = new AlertReplay([]);
        foreach (var alert in alerts)
            replay.Take(alert);
        replay.PartUntil(_ => Start.AddHours(untilHours).ToUnixTimeMilliseconds());
        return replay.Groups;
    }

    private static double HoursOf(long ms) => (DateTimeOffset.FromUnixTimeMilliseconds(ms) - Start).TotalHours;

    private static List<AlertRow> Read(string hour) => [.. File.ReadLines(Path.Combine(Folder, $"{hour}.csv")).Skip(1).Select(Row)];

    private static AlertRow Row(string line)
    {
        var fields = line.Split(',');
        var numbers = new AlertEvidence(
            null,
            null,
            null,
            null,
            null,
            double.Parse(fields[9], CultureInfo.InvariantCulture),
            Number(fields[10]),
            Start,
            (int)Number(fields[11]) * 3600,
            (int)Number(fields[12]),
            Small: false
        )
        {
            Further = fields[13] == "further",
        };
        return new AlertRow
        {
            ModelId = 1 + Array.IndexOf(Models, fields[0]),
            Rule = fields[1],
            Metric = fields[2],
            Feature = fields[3],
            Class = fields[4],
            Segment = fields[5],
            Version = "",
            OnsetMs = Time(fields[6])!.Value,
            FiredMs = Time(fields[7])!.Value,
            ResolvedMs = Time(fields[8]),
            Severity = (int)AlertSeverity.Digest,
            Evidence = numbers.Write(),
        };

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

        static long? Time(string hours) => hours.Length == 0 ? null : Start.AddHours(Number(hours)).ToUnixTimeMilliseconds();
    }
}
