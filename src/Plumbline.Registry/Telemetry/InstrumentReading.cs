namespace Plumbline.Registry.Telemetry;

/// <summary>What the value of an instrument is.</summary>
public enum InstrumentKind
{
    /// <summary>Seconds of runs of some work.</summary>
    Work,

    /// <summary>What was added since the start, or ever; it never falls.</summary>
    Counter,

    /// <summary>How much there is now.</summary>
    Level,
}

/// <summary>What an instrument has measured since the start.</summary>
public sealed record InstrumentReading
{
    /// <summary>Whose it is: Ingestion, Monitoring ..</summary>
    public required string Capability { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Of its values; empty for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>What it measures, for people.</summary>
    public required string Description { get; init; }

    /// <summary>What its value is.</summary>
    public required InstrumentKind Kind { get; init; }

    /// <summary>Attributes of this reading, one by one.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    /// <summary>Attributes of this reading, <c>key=value</c>; empty when there are none.</summary>
    public required string Attributes { get; init; }

    /// <summary>Measurements; of work runs.</summary>
    public required long Count { get; init; }

    /// <summary>Runs that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>The sum of what was added; of what is observed the last observation; of work the seconds of all runs.</summary>
    public required double Value { get; init; }

    /// <summary>Of work the longest run, in seconds.</summary>
    public required double Longest { get; init; }

    /// <summary>Of work the runs that took at most each of <see cref="WorkInstrument.BucketSeconds"/> and more than the one before;
    /// the last counts those that took longer than all.</summary>
    public required IReadOnlyList<long> Buckets { get; init; }

    /// <summary>Whether each measurement is one run of some work, in seconds.</summary>
    public bool IsWork => Kind == InstrumentKind.Work;
}
