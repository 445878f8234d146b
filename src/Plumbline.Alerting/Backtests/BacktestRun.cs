using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Alerts;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Backtests;

/// <summary>
/// Replays a rule over stored metric points, with the code that judges live, and compares it with the usual defaults and with the incidents
/// that are known.
/// </summary>
public sealed class BacktestRun(
    MetricPointStore points,
    RuleStore ruleStore,
    IncidentReader incidents,
    ReferenceNormals references,
    IDbContextFactory<StateDbContext> state
)
{
    /// <summary>Windows that a backtest may go over: half a year of hours.</summary>
    public const int MaxWindows = 4_400;

    private const int WindowsPerStep = 48;

    /// <summary>Runs it; learning begins with the first stored window, firings are told from <paramref name="from"/> on.</summary>
    public async Task<BacktestResult> RunAsync(
        ModelDefinition model,
        Rule rule,
        DateTimeOffset from,
        DateTimeOffset to,
        IProgress<double> progress,
        CancellationToken cancellation
    )
    {
        var window = rule.WindowOf(model);
        var extent = await points.ExtentAsync(model, window, InputMetrics.Rows, DateTimeOffset.UnixEpoch, to, cancellation);
        if (extent is not { First: var first, Last: { } last })
            return Nothing(rule, from, to, window);
        if (last - first > MaxWindows * window)
            first = last - (MaxWindows * window);
        var end = last + window;
        var others = await ruleStore.ReadAsync(model, cancellation);
        int shared;
        await using (var db = await state.CreateDbContextAsync(cancellation))
            shared = await RuleEvaluation.OtherStreamsAsync(db, model, window, [rule], others, cancellation);

        var streams = (IReadOnlyDictionary<StreamKey, StreamState>)new Dictionary<StreamKey, StreamState>();
        var reference = await references.FindAsync(model, window, cancellation);
        var firings = new List<BacktestFiring>();
        var coverage = new JudgedWindows(from, to);
        var usual = UsualDefault.All();
        for (var start = first; start < end; start += WindowsPerStep * window)
        {
            var until = start + (WindowsPerStep * window) < end ? start + (WindowsPerStep * window) : end;
            var run = new RuleRun(model, [rule], window, streams, reference, [], shared) { Looked = coverage.Add };
            var grid = await PointGrid.ReadAsync(points, model, [rule], window, start, until, cancellation);
            Collect(run.Evaluate(grid, start, until), firings);
            streams = run.Streams;
            await TakeUsualAsync(model, rule, usual, window, start, until, cancellation);
            progress.Report((until - first) / (end - first));
        }

        var known = await incidents.ListAsync(
            new IncidentQuery
            {
                ModelId = model.Id,
                From = from,
                To = to,
                Limit = 500,
            },
            cancellation
        );
        return new BacktestResult(
            from,
            to,
            (int)((end - first) / window),
            Outcome(rule.Name, streams.Count, firings, known, from, to, window) with
            {
                Coverage = coverage.Read(),
            },
            [.. usual.Select(one => Outcome(one.Name, one.Streams, one.Firings, known, from, to, window))]
        );
    }

    private static BacktestResult Nothing(Rule rule, DateTimeOffset from, DateTimeOffset to, TimeSpan window) =>
        new(from, to, 0, Outcome(rule.Name, 0, [], [], from, to, window) with { Coverage = new BacktestCoverage(0, 0, []) }, []);

    private static void Collect(IReadOnlyList<StreamTransition> transitions, List<BacktestFiring> firings)
    {
        foreach (var transition in transitions)
        {
            var stream = AlertText.Stream(transition.Key);
            var open = firings.FindLastIndex(firing => firing.Stream == stream && firing.EndedAt is null);
            if (!transition.Fires)
            {
                if (open >= 0)
                    firings[open] = firings[open] with { EndedAt = transition.At };
                continue;
            }

            // Small at first and large now: from now on it counts.
            if (open >= 0)
                firings[open] = firings[open] with { EndedAt = transition.At };
            firings.Add(new BacktestFiring(transition.At, transition.Onset, null, stream, transition.Evidence.Small, transition.Evidence));
        }
    }

    private async Task TakeUsualAsync(
        ModelDefinition model,
        Rule rule,
        IReadOnlyList<UsualDefault> usual,
        TimeSpan window,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var read = await points.ReadAsync(
            model,
            new MetricQuery
            {
                Metrics = [.. usual.SelectMany(one => one.Metrics).Distinct(StringComparer.Ordinal)],
                Features = rule.Features,
                From = from,
                To = to,
                Window = window,
                Limit = 500_000,
            },
            cancellation
        );
        foreach (var together in read.GroupBy(point => point.WindowStart).OrderBy(group => group.Key))
        {
            // KS before chi-square, so that numeric features are known as such.
            var ordered = together.OrderByDescending(point => point.Metric, StringComparer.Ordinal).ToList();
            foreach (var one in usual)
                one.Take(ordered);
        }
    }

    private static BacktestOutcome Outcome(
        string name,
        int streams,
        IReadOnlyList<BacktestFiring> all,
        IReadOnlyList<Incident> known,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan window
    )
    {
        var firings = all.Where(firing => firing.At >= from && firing.At <= to + window).OrderBy(firing => firing.At).ToList();
        var counted = firings.Where(firing => !firing.Small).ToList();
        var outside = counted.Count(firing =>
            !known.Any(incident => firing.At > incident.Onset && firing.At <= (incident.ResolvedAt ?? to) + window)
        );
        var weeks = Math.Max(1 / 7.0, (to - from).TotalDays / 7);
        return new BacktestOutcome(
            name,
            streams,
            [.. firings.Take(BacktestOutcome.MaxFirings)],
            counted.Count,
            counted.Count / weeks,
            outside,
            [.. known.Select(incident => Meet(incident, counted, to, window))]
        )
        {
            FiringAtStart = [.. all.Where(firing => !firing.Small && firing.At < from && !(firing.EndedAt <= from))],
        };
    }

    private static BacktestMeeting Meet(Incident incident, IReadOnlyList<BacktestFiring> firings, DateTimeOffset to, TimeSpan window)
    {
        var first = firings
            .Where(firing => firing.At > incident.Onset - window && firing.At <= (incident.ResolvedAt ?? to) + window)
            .Select(firing => (DateTimeOffset?)firing.At)
            .FirstOrDefault();
        var verdict =
            first is not { } at ? BacktestVerdict.Blind
            : at < incident.FiredAt ? BacktestVerdict.Early
            : at < incident.FiredAt + window ? BacktestVerdict.Same
            : BacktestVerdict.Late;
        return new BacktestMeeting(
            incident.Id,
            incident.Headline,
            incident.Onset,
            incident.FiredAt,
            incident.ResolvedAt,
            verdict,
            first is { } found ? (incident.FiredAt - found).TotalHours : null
        );
    }
}
