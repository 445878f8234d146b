using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Rules of one length of window going over windows in order, with what their streams remember. The live pass and the backtest are both
/// this.
/// </summary>
public sealed class RuleRun
{
    /// <summary>Streams of one rule beyond which further ones are not watched, but counted.</summary>
    public const int MaxStreams = 20_000;

    /// <summary>Part of the budget of base windows; days and weeks, of which there are few, share the rest.</summary>
    private const double BaseShare = 0.9;

    private readonly ModelDefinition _model;
    private readonly TimeSpan _window;
    private readonly Dictionary<StreamKey, StreamState> _streams;

    private readonly int _otherStreams;
    private readonly ReferenceHistory _reference;
    private readonly DisturbedTimes _disturbed;

    /// <param name="model">The model.</param>
    /// <param name="rules">Rules that judge windows of one length.</param>
    /// <param name="window">That length.</param>
    /// <param name="remembered">What the streams remember.</param>
    /// <param name="reference">What the model's reference says is normal, for windows of this length.</param>
    /// <param name="disturbed">When the model was not as it should be, as far as it was found before.</param>
    /// <param name="otherStreams">Streams of other anomaly rules that share the budget of this length.</param>
    public RuleRun(
        ModelDefinition model,
        IReadOnlyList<Rule> rules,
        TimeSpan window,
        IReadOnlyDictionary<StreamKey, StreamState> remembered,
        ReferenceHistory reference,
        IReadOnlyList<Disturbance> disturbed,
        int otherStreams = 0
    )
    {
        (_model, Rules, _window, _reference, _otherStreams) = (model, rules, window, reference, otherStreams);
        (_streams, _disturbed) = (new(remembered), new DisturbedTimes(disturbed));
    }

    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>What is remembered now.</summary>
    public IReadOnlyDictionary<StreamKey, StreamState> Streams => _streams;

    /// <summary>Told of each stream in each window, with what is then remembered of it; null for nobody.</summary>
    public Action<StreamKey, StreamState>? Looked { get; init; }

    /// <summary>Streams that were not watched because a rule has too many.</summary>
    public int Refused { get; private set; }

    /// <summary>The false-alarm budget that a model's owner declared, else the default.</summary>
    public static Plumbline.Statistics.Alarms.FalseAlarmBudget BudgetOf(ModelDefinition model) =>
        model.FalseAlarmBudget is { } declared ? new(declared.Alarms, declared.Per) : Plumbline.Statistics.Alarms.FalseAlarmBudget.Default;

    /// <summary>Judges the windows that start in [from, to), in order, each with all rules.</summary>
    public IReadOnlyList<StreamTransition> Evaluate(PointGrid grid, DateTimeOffset from, DateTimeOffset to)
    {
        foreach (var rule in Rules)
            AddStreams(rule, grid);
        var evaluators = MakeEvaluators();
        var transitions = new List<StreamTransition>();
        var byRule = _streams
            .Keys.GroupBy(key => key.Rule, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        for (var start = from; start < to; start += _window)
        {
            foreach (var rule in Rules)
            {
                foreach (var key in byRule.GetValueOrDefault(rule.Name, []))
                {
                    var state = _streams[key];
                    if (start <= state.LastWindow)
                        continue;
                    var (next, transition) = evaluators[rule.Name]
                        .Evaluate(key, state, start, grid.Find(key, start), grid.Find, _disturbed.Holds(start, key.Segment));
                    _streams[key] = next;
                    Looked?.Invoke(key, next);
                    if (transition is null)
                        continue;
                    transitions.Add(transition);
                    _disturbed.Add(transition);
                }
            }
        }

        return transitions;
    }

    private void AddStreams(Rule rule, PointGrid grid)
    {
        var count = _streams.Keys.Count(key => key.Rule == rule.Name);
        if (rule.Kind.IsEvaluatedByClock && rule.Segment.Length == 0 && rule.Version.Length == 0)
        {
            _streams.TryAdd(new StreamKey(rule.Name, rule.Metric, "", "", "", ""), new StreamState());
            return;
        }

        foreach (var point in grid.Scopes(rule.Metric))
        {
            if (!rule.Watches(point.Feature, point.Class, point.Segment, point.Version))
                continue;
            // A rule over the drift of features is about inputs: what the model answers moves with each release, and has rules of its own.
            if (rule.Metric == CalibratedDriftMetrics.Calibrated && rule.Features is null && point.Feature.StartsWith('@'))
                continue;
            var key = StreamKey.Of(rule.Name, point);
            if (_streams.ContainsKey(key))
                continue;
            if (count++ >= MaxStreams)
            {
                Refused++;
                continue;
            }

            _streams[key] = new StreamState();
        }
    }

    private Dictionary<string, StreamEvaluator> MakeEvaluators()
    {
        var drift = Rules.Where(rule => rule.Kind.GathersEvidence).Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal);
        var streams = Math.Max(1, _otherStreams + _streams.Keys.Count(key => drift.Contains(key.Rule)));
        var detector = new AlarmDetector(
            BudgetOf(_model).Threshold(_window, streams, _window == _model.Window ? BaseShare : (1 - BaseShare) / 2)
        );
        return Rules.ToDictionary(
            rule => rule.Name,
            rule => new StreamEvaluator(rule, Resolve(rule), _window, detector, _reference),
            StringComparer.Ordinal
        );
    }

    private RuleDirection Resolve(Rule rule) =>
        rule.Direction != RuleDirection.Auto
            ? rule.Direction
            : KnownMetrics.Find(_model, rule.Metric)?.Direction switch
            {
                MetricDirection.LowerIsBetter => RuleDirection.Above,
                MetricDirection.HigherIsBetter => RuleDirection.Below,
                _ => RuleDirection.Either,
            };
}
