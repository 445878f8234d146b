using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Plumbline.Registry.Telemetry;

/// <summary>One kind of work: how often it ran, how long it took, how often it failed and of what.</summary>
public sealed class WorkInstrument
{
    /// <summary>The attribute of a run that failed: the type of its error, as OpenTelemetry has it.</summary>
    internal const string ErrorType = "error.type";

    /// <summary>Upper ends of the classes in which runs are counted by their duration, in seconds, ascending.</summary>
    public static ImmutableArray<double> BucketSeconds { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Histogram<double> _duration;
    private readonly ActivitySource _activities;
    private readonly string _name;
    private readonly TimeProvider _time;

    internal WorkInstrument(Histogram<double> duration, ActivitySource activities, string name, TimeProvider time)
    {
        (_duration, _activities, _name, _time) = (duration, activities, name, time);
    }

    /// <summary>Begins a run; disposing the result ends it.</summary>
    /// <param name="subject">What it works on, a model or a receiver: in the span alone, since metrics must stay few.</param>
    public WorkRun Start(string subject)
    {
        var activity = _activities.StartActivity(_name);
        activity?.SetTag("plumbline.subject", subject);
        return new WorkRun(this, activity, _time.GetTimestamp());
    }

    internal void Record(long begun, string? error)
    {
        var seconds = _time.GetElapsedTime(begun).TotalSeconds;
        if (error is null)
            _duration.Record(seconds);
        else
            _duration.Record(seconds, new KeyValuePair<string, object?>(ErrorType, error));
    }
}

/// <summary>A run of some work. One thread at a time.</summary>
public sealed class WorkRun : IDisposable
{
    private readonly WorkInstrument _work;
    private readonly Activity? _activity;
    private readonly long _begun;
    private string? _error;

    internal WorkRun(WorkInstrument work, Activity? activity, long begun) => (_work, _activity, _begun) = (work, activity, begun);

    /// <summary>Notes that it failed.</summary>
    public void Failed(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Failed(error.GetType().Name, error.Message);
    }

    /// <summary>Notes that it failed.</summary>
    /// <param name="type">A word of a small set: it becomes an attribute of the metric.</param>
    /// <param name="message">What went wrong; in the span alone.</param>
    public void Failed(string type, string message)
    {
        _error = type;
        _activity?.SetStatus(ActivityStatusCode.Error, message);
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _work.Record(_begun, _error);
        _activity?.Dispose();
    }
}
