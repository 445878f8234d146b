using System.ComponentModel.DataAnnotations.Schema;

namespace Plumbline.Alerting.Evaluation;

/// <summary>How far the rules of a model have judged, for one length of window and one delay.</summary>
public sealed class AlertCursorRow
{
    public int ModelId { get; set; }

    public int WindowSeconds { get; set; }

    /// <summary>True for rules that wait for ground truth.</summary>
    public bool Mature { get; set; }

    /// <summary>Start of the first window that is not judged yet, epoch milliseconds.</summary>
    public long JudgedToMs { get; set; }

    /// <summary>
    /// End of the newest window that was judged soon after it closed: from then on silence is news. 0 while only history was judged.
    /// </summary>
    public long LiveAtMs { get; set; }
}

/// <summary>What is stored of one stream: a model, a rule, and the series of points that the rule watches.</summary>
public abstract class StreamRow
{
    public long Id { get; set; }

    public int ModelId { get; set; }

    public required string Rule { get; set; }

    public required string Metric { get; set; }

    public required string Feature { get; set; }

    public required string Class { get; set; }

    public required string Segment { get; set; }

    public required string Version { get; set; }

    /// <summary>The stream.</summary>
    [NotMapped]
    public StreamKey Key => new(Rule, Metric, Feature, Class, Segment, Version);
}

/// <summary>What a rule remembers of one of its streams.</summary>
public sealed class AlertStreamRow : StreamRow
{
    /// <summary>See <see cref="StreamStatus"/>.</summary>
    public int Status { get; set; }

    /// <summary>
    /// Why it cannot be judged, or what is suspicious, as in <see cref="State"/>: streams are counted by it. Empty for nothing.
    /// </summary>
    public required string Reason { get; set; }

    /// <summary>The JSON of the StreamState.</summary>
    public required string State { get; set; }
}
