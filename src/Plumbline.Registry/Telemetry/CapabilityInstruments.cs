using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Plumbline.Registry.Telemetry;

/// <summary>
/// What a capability measures of itself: a meter and a source of spans that are called alike, <c>Plumbline.</c> and the capability. The
/// health page reads the instruments; whoever listens to the runtime's metrics and traces gets the same ones.
/// </summary>
public abstract class CapabilityInstruments : IDisposable
{
    /// <summary>What the names of all meters and of all sources of spans begin with.</summary>
    public const string Prefix = "Plumbline.";

    private readonly TimeProvider _time;
    private readonly ActivitySource _activities;

    /// <summary>Names the capability.</summary>
    /// <param name="meters">Makes and owns the meter.</param>
    /// <param name="time">Times the work.</param>
    /// <param name="capability">A word such as Ingestion.</param>
    protected CapabilityInstruments(IMeterFactory meters, TimeProvider time, string capability)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        Meter = meters.Create(Prefix + capability);
        _activities = new ActivitySource(Prefix + capability);
    }

    /// <summary>The capability's meter.</summary>
    protected Meter Meter { get; }

    /// <summary>A kind of work that is counted and timed, with a span for each run when somebody listens.</summary>
    /// <param name="name">Lower case, with dots: <c>plumbline.window.batch</c>; its histogram has <c>.duration</c> behind it.</param>
    /// <param name="description">What one run does, for people.</param>
    protected WorkInstrument Work(string name, string description) =>
        new(
            Meter.CreateHistogram(
                name + ".duration",
                "s",
                description,
                tags: null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = WorkInstrument.BucketSeconds }
            ),
            _activities,
            name,
            _time
        );

    /// <summary>The meter is its factory's to dispose of.</summary>
    public void Dispose()
    {
        _activities.Dispose();
        GC.SuppressFinalize(this);
    }
}
