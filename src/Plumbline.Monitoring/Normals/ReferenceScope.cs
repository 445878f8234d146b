using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outputs;
using Plumbline.Monitoring.Performance;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Monitoring.Normals;

/// <summary>The reference's rows of one scope in one window, and what the calculators say of such rows.</summary>
internal sealed class ReferenceScope(ModelDefinition model, IReadOnlyList<string> classes)
{
    private readonly ScopeOutcomes _outcomes = new(model, classes);
    private readonly Dictionary<string, long> _answers = new(StringComparer.Ordinal);
    private readonly Moments _values = new();
    private readonly Moments _confidence = new();
    private long _rows;

    /// <summary>Adds a row.</summary>
    public void Add(ReferenceRow row)
    {
        _rows++;
        _outcomes.Add(row.Outcome);
        _confidence.Add(row.Confidence);
        if (model.Task == ModelTask.Regression)
            _values.Add(row.Outcome.PredictionValue);
        else
            _answers[row.Outcome.Prediction] = _answers.GetValueOrDefault(row.Outcome.Prediction) + 1;
    }

    /// <summary>Adds the points of the rows: performance where they have ground truth, shares of the answers, confidence, mean.</summary>
    public void AddTo(MetricSink sink)
    {
        PerformanceCalculator.AddPoints(_outcomes, sink);
        foreach (var answer in _answers)
            sink.Add(OutputMetrics.Share, Wilson.Proportion(answer.Value, _rows), @class: answer.Key);
        if (_confidence.Mean() is { } confidence)
            sink.Add(OutputMetrics.Confidence, confidence);
        if (_values.Mean() is { } mean)
            sink.Add(OutputMetrics.Mean, mean);
    }

    /// <summary>Mean and spread of the finite numbers added (Welford 1962).</summary>
    private sealed class Moments
    {
        private long _n;
        private double _mean;
        private double _squares;

        public void Add(double value)
        {
            if (!double.IsFinite(value))
                return;
            _n++;
            var distance = value - _mean;
            _mean += distance / _n;
            _squares += distance * (value - _mean);
        }

        public Estimate? Mean() => _n == 0 ? null : Estimate.Of(_mean, _n).With(Confidence.Mean(_n, _mean, _squares));
    }
}
