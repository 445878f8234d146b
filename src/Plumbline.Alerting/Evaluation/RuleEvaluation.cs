using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Monitoring.Quality;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Judges a model's completed windows with its rules. What the streams remember, the alerts, the incidents and the notifications of a step
/// are written in one transaction with the cursor: after a crash a step was taken wholly or not at all.
/// </summary>
public sealed class RuleEvaluation(
    IDbContextFactory<StateDbContext> state,
    RuleStore ruleStore,
    MetricPointStore points,
    EvaluationWatermark watermark,
    ReferenceNormals references,
    ITransitionSink sink,
    AlertAgenda agenda,
    TimeProvider time
) : IDisposable
{
    /// <summary>Windows per step: enough to amortise reading, few enough to hold in memory.</summary>
    private const int WindowsPerStep = 48;

    /// <summary>A window judged this many windows after it closed counts as live.</summary>
    private const int LiveWithin = 3;

    /// <summary>The metric whose windows are the model's windows.</summary>
    private const string Rows = InputMetrics.Rows;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Models of which windows were judged since the last assessment; touched within the gate only.</summary>
    private readonly HashSet<int> _judged = [];

    public void Dispose() => _gate.Dispose();

    /// <summary>
    /// Judges everything that can be judged now. Returns when, by the clock alone, there may be something further to judge: when the next
    /// computed window is complete or has its ground truth, and with every window where silence is watched for.
    /// <see cref="DateTimeOffset.MaxValue"/> when nothing lies ahead.
    /// </summary>
    public async Task<DateTimeOffset> EvaluateAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var rules = (await ruleStore.ReadAsync(model, cancellation)).Where(rule => rule.Enabled).ToList();
            var next = DateTimeOffset.MaxValue;
            var lanes = rules
                .Where(rule => !rule.Kind.IsEvaluatedByClock)
                .GroupBy(rule => (Window: rule.WindowOf(model), Mature: rule.NeedsGroundTruth))
                .OrderBy(lane => lane.Key.Mature)
                .ThenBy(lane => lane.Key.Window)
                .ToList();
            var waiting = await WithNewWindowsAsync(model, [.. lanes.Select(lane => lane.Key)], cancellation);
            foreach (var lane in lanes.Where(lane => waiting.Contains(lane.Key)))
            {
                DateTimeOffset? ahead;
                do ahead = await StepAsync(model, rules, [.. lane], lane.Key.Window, lane.Key.Mature, cancellation);
                while (ahead is null);
                if (ahead < next)
                    next = ahead.Value;
            }

            var absence = rules.Where(rule => rule.Kind.IsEvaluatedByClock && rule.WindowOf(model) == model.Window).ToList();
            DateTimeOffset? silence;
            do silence = await EvaluateAbsenceAsync(model, absence, cancellation);
            while (silence is null);
            if (silence < next)
                next = silence.Value;

            await sink.SettleAsync(cancellation);
            return next;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Models that were judged before or of which anything is computed: of all others there is nothing to judge. Two questions, however
    /// many models there are.
    /// </summary>
    public async Task<IReadOnlySet<int>> WithHistoryAsync(CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var judged = await db.AlertCursors.AsNoTracking().Select(row => row.ModelId).Distinct().ToListAsync(cancellation);
        return judged.Concat(await points.ModelsAsync(cancellation)).ToHashSet();
    }

    /// <summary>
    /// Forgets what the rules of a model remember and how far they came, so that its whole history is judged again. Incidents stay; those
    /// that are found again join them.
    /// </summary>
    public async Task StartOverAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await using var db = await state.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            await db.AlertStreams.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
            await db.AlertCursors.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            agenda.Wake(model.Id);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Lets streams learn their normal again from the windows to come, since what moved is how it is now, whatever the reference
    /// shows. Drift of features has learned nothing and stays as it is.
    /// </summary>
    /// <returns>How many streams learn again.</returns>
    public async Task<int> LearnAgainAsync(int modelId, IReadOnlySet<StreamKey> streams, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(streams);
        await _gate.WaitAsync(cancellation);
        try
        {
            await using var db = await state.CreateDbContextAsync(cancellation);
            var rules = streams.Select(key => key.Rule).Distinct(StringComparer.Ordinal).ToList();
            var rows = await db.AlertStreams.Where(row => row.ModelId == modelId && rules.Contains(row.Rule)).ToListAsync(cancellation);
            var concerned = rows.Where(row => streams.Contains(row.Key)).ToList();
            foreach (var row in concerned)
            {
                var before = StreamState.Read(row.State);
                var fresh = new StreamState
                {
                    LastWindow = before.LastWindow,
                    Generation = before.Generation,
                    Reason = "learning the new normal",
                };
                (row.State, row.Status, row.Reason) = (fresh.Write(), (int)fresh.Status, fresh.Reason);
            }

            await db.SaveChangesAsync(cancellation);
            return concerned.Count;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets the sink work on what changed without an evaluation: somebody acknowledged, closed or commented.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await sink.SettleAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Lets the sink say anew what is known of the models of which windows were judged since the last call: an incident whose alerts stay
    /// as they are still loses more, and its ground truth comes late.
    /// </summary>
    public async Task AssessAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_judged.Count > 0)
                await sink.ReassessAsync(_judged, cancellation);
            _judged.Clear();
            await sink.SettleAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The lanes with windows behind what was judged: most have none most of the time, and one question for all is cheaper than one each.
    // What is computed from here on wakes the model again.
    private async Task<HashSet<(TimeSpan Window, bool Mature)>> WithNewWindowsAsync(
        ModelDefinition model,
        IReadOnlyList<(TimeSpan Window, bool Mature)> lanes,
        CancellationToken cancellation
    )
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var judged = await db
            .AlertCursors.AsNoTracking()
            .Where(row => row.ModelId == model.Id)
            .ToDictionaryAsync(row => (TimeSpan.FromSeconds(row.WindowSeconds), row.Mature), row => row.JudgedToMs, cancellation);
        var ends = lanes.ToDictionary(
            lane => lane,
            lane => DateTimeOffset.FromUnixTimeMilliseconds(judged.GetValueOrDefault((lane.Window, lane.Mature)))
        );
        if (ends.Count == 0)
            return [];
        var newest = await points.NewestAsync(model, lanes.Select(lane => lane.Window), Rows, ends.Values.Min(), cancellation);
        return [.. lanes.Where(lane => newest.TryGetValue(lane.Window, out var last) && last >= ends[lane])];
    }

    // When the watermark, which moves with the clock, passes a time. A watermark that waits for a window to be computed moves when that is
    // done.
    // The clock is read after the watermark: a look that comes too early finds nothing.
    private DateTimeOffset WhenPasses(DateTimeOffset limit, DateTimeOffset start) =>
        time.GetUtcNow() + (start > limit ? start - limit : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1);

    // Null when a step was taken; else when there may be more to judge.
    private async Task<DateTimeOffset?> StepAsync(
        ModelDefinition model,
        IReadOnlyList<Rule> allRules,
        IReadOnlyList<Rule> rules,
        TimeSpan window,
        bool mature,
        CancellationToken cancellation
    )
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var seconds = (int)window.TotalSeconds;
        var cursor = await db.AlertCursors.FirstOrDefaultAsync(
            row => row.ModelId == model.Id && row.WindowSeconds == seconds && row.Mature == mature,
            cancellation
        );
        var limit = await watermark.FindAsync(db, model, window, mature, cancellation);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(cursor?.JudgedToMs ?? 0);
        // Windows without any prediction are not judged here: history may still be on its way into them.
        if (await points.ExtentAsync(model, window, Rows, from, limit, cancellation) is not { First: var first } extent)
            return DateTimeOffset.MaxValue;
        // Computed already, and to be judged later. Windows that are not computed will wake the model.
        if (extent.Last is not { } last)
            return WhenPasses(limit, first);
        var to = first + (WindowsPerStep * window);
        var isLastStep = to >= last + window;
        if (isLastStep)
            to = last + window;

        var before = EvaluatedBefore(model, allRules, window, mature);
        var disturbed = await sink.DisturbancesAsync(db, model, before, first, cancellation);
        var run = await RunAsync(db, model, allRules, rules, window, disturbed, cancellation);
        var grid = await PointGrid.ReadAsync(points, model, rules, window, first, to, cancellation);
        var transitions = run.Evaluate(grid, first, to);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (cursor is null)
        {
            db.AlertCursors.Add(
                cursor = new AlertCursorRow
                {
                    ModelId = model.Id,
                    WindowSeconds = seconds,
                    Mature = mature,
                }
            );
        }

        cursor.JudgedToMs = to.ToUnixTimeMilliseconds();
        if (!mature && time.GetUtcNow() - to - model.AllowedLateness < LiveWithin * window)
            cursor.LiveAtMs = cursor.JudgedToMs;
        await StreamStore.WriteAsync(db, model.Id, rules, run.Streams, cancellation);
        await sink.ApplyAsync(db, model, rules, transitions, cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        _judged.Add(model.Id);
        if (!isLastStep)
            return null;
        // What is computed meanwhile wakes the model, so that nobody needs to ask again.
        return extent.Next is { } next ? WhenPasses(limit, next) : DateTimeOffset.MaxValue;
    }

    private async Task<RuleRun> RunAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<Rule> allRules,
        IReadOnlyList<Rule> rules,
        TimeSpan window,
        IReadOnlyList<Disturbance> disturbed,
        CancellationToken cancellation
    ) =>
        new(
            model,
            rules,
            window,
            await RememberedAsync(db, model, rules, cancellation),
            await references.FindAsync(model, window, cancellation),
            disturbed,
            await OtherStreamsAsync(db, model, window, rules, allRules, cancellation)
        );

    // Silence is judged by the clock, not by what came; and only after a time in which predictions came as they happened. Null when there
    // is more to judge now.
    private async Task<DateTimeOffset?> EvaluateAbsenceAsync(
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        CancellationToken cancellation
    )
    {
        if (rules.Count == 0)
            return DateTimeOffset.MaxValue;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var seconds = (int)model.Window.TotalSeconds;
        var live = await db
            .AlertCursors.AsNoTracking()
            .Where(row => row.ModelId == model.Id && row.WindowSeconds == seconds && !row.Mature)
            .Select(row => row.LiveAtMs)
            .FirstOrDefaultAsync(cancellation);
        if (live == 0)
            return DateTimeOffset.MaxValue;
        var remembered = await RememberedAsync(db, model, rules, cancellation);
        var last = remembered.Values.Max(stream => stream.LastWindow);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(live) - model.Window;
        if (last is { } judged && judged + model.Window > from)
            from = judged + model.Window;
        var to = await watermark.FindAsync(db, model, model.Window, mature: false, cancellation);
        if (from >= to)
            return WhenPasses(to, from);
        var more = to > from + (WindowsPerStep * model.Window);
        if (more)
            to = from + (WindowsPerStep * model.Window);
        var run = new RuleRun(model, rules, model.Window, remembered, ReferenceHistory.None, []);
        var transitions = run.Evaluate(await PointGrid.ReadAsync(points, model, rules, model.Window, from, to, cancellation), from, to);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await StreamStore.WriteAsync(db, model.Id, rules, run.Streams, cancellation);
        await sink.ApplyAsync(db, model, rules, transitions, cancellation);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return more && run.Streams.Values.Max(stream => stream.LastWindow) > (last ?? DateTimeOffset.MinValue)
            ? null
            : WhenPasses(to, CoarseWindows.Holding(to.AddTicks(-1), model.Window).End);
    }

    /// <summary>Streams of the anomaly rules that share the budget of windows of this length and are not judged in this step.</summary>
    internal static async Task<int> OtherStreamsAsync(
        StateDbContext db,
        ModelDefinition model,
        TimeSpan window,
        IReadOnlyList<Rule> these,
        IReadOnlyList<Rule> allRules,
        CancellationToken cancellation
    )
    {
        var others = allRules
            .Where(rule =>
                rule is { Kind.GathersEvidence: true, Enabled: true }
                && rule.WindowOf(model) == window
                && these.All(own => own.Name != rule.Name)
            )
            .Select(rule => rule.Name)
            .ToList();
        return await db.AlertStreams.CountAsync(row => row.ModelId == model.Id && others.Contains(row.Rule), cancellation);
    }

    // What these and the rules before them in the order of evaluation found: then it is the same however often one looks.
    private static List<string> EvaluatedBefore(ModelDefinition model, IReadOnlyList<Rule> rules, TimeSpan window, bool mature) =>
        [.. rules.Where(rule => (rule.NeedsGroundTruth, rule.WindowOf(model)).CompareTo((mature, window)) <= 0).Select(rule => rule.Name)];

    private static async Task<IReadOnlyDictionary<StreamKey, StreamState>> RememberedAsync(
        StateDbContext db,
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        CancellationToken cancellation
    )
    {
        var names = rules.Select(rule => rule.Name).ToList();
        var rows = await db
            .AlertStreams.AsNoTracking()
            .Where(row => row.ModelId == model.Id && names.Contains(row.Rule))
            .ToListAsync(cancellation);
        return rows.ToDictionary(row => row.Key, row => StreamState.Read(row.State));
    }
}
