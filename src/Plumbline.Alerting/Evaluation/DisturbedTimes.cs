using Plumbline.Monitoring.Metrics;

namespace Plumbline.Alerting.Evaluation;

/// <summary>A time in which something urgent fired for a model.</summary>
/// <param name="Segment">The rows that it concerns; empty for all.</param>
/// <param name="From">Most likely start of the change.</param>
/// <param name="Known">End of the window that made it fire.</param>
/// <param name="To">End of the window that ended it; null while it fires.</param>
public readonly record struct Disturbance(string Segment, DateTimeOffset From, DateTimeOffset Known, DateTimeOffset? To);

/// <summary>
/// When a model was not as it should be: what its other streams show then is not learned as normal, or an outage of the first days would
/// make the next one unsurprising. What was known of a window when it was complete counts, however late it is evaluated.
/// </summary>
public sealed class DisturbedTimes
{
    /// <summary>What goes on for longer is how the model is: streams would else never learn.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private readonly List<Disturbance> _times;

    /// <summary>Begins with what is known from before.</summary>
    public DisturbedTimes(IEnumerable<Disturbance> times) => _times = [.. times];

    /// <summary>Takes in what a rule found.</summary>
    public void Add(StreamTransition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        if (transition.Evidence.Small || !Disturbs(transition.Key.Metric))
            return;
        if (transition.Fires)
            _times.Add(new(transition.Key.Segment, transition.Onset, transition.At, null));
        else
            End(transition);
    }

    /// <summary>Whether what fires for a metric disturbs the others: features that drift do not, others are compared with them.</summary>
    public static bool Disturbs(string metric) => KnownMetrics.Of(metric).Aspect != MetricAspect.FeatureDrift;

    /// <summary>Whether a window lies in such a time, for all rows or for its own.</summary>
    /// <param name="start">Its start.</param>
    /// <param name="segment">Its rows; empty for all.</param>
    public bool Holds(DateTimeOffset start, string segment) =>
        _times.Exists(time =>
            (time.Segment.Length == 0 || time.Segment == segment)
            && time.Known <= start
            && (time.To is not { } to || to > start)
            && start < time.From + Longest
        );

    private void End(StreamTransition transition)
    {
        var index = _times.FindIndex(time => time.To is null && time.Segment == transition.Key.Segment && time.From == transition.Onset);
        if (index >= 0)
            _times[index] = _times[index] with { To = transition.At };
    }
}
