using System.Text.Json;

namespace Plumbline.Alerting.Evaluation;

/// <summary>The numbers on which an alert rests.</summary>
/// <param name="Value">Of the window that made it fire.</param>
/// <param name="Expected">What is normal; null where the rule compares with nothing.</param>
/// <param name="Lower">Lower end of the value's 95 % interval.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="PValue">How surprising the window is; anomaly rules.</param>
/// <param name="Effect">Size of the change in the metric's unit (standard deviations for drift.calibrated).</param>
/// <param name="N">Rows of the window.</param>
/// <param name="WindowStart">Start of the window that made it fire.</param>
/// <param name="WindowSeconds">Its length.</param>
/// <param name="Windows">Windows from the onset to this one.</param>
/// <param name="Small">Certain, and below the effect floor.</param>
public sealed record AlertEvidence(
    double? Value,
    double? Expected,
    double? Lower,
    double? Upper,
    double? PValue,
    double? Effect,
    long N,
    DateTimeOffset WindowStart,
    int WindowSeconds,
    int Windows,
    bool Small
)
{
    /// <summary>True when it fired already, and this is a further change on top of that.</summary>
    public bool Further { get; init; }

    /// <summary>
    /// True when the window is the shortest that the model has, however long: nobody could know better when it began. False in what former
    /// releases stored.
    /// </summary>
    public bool Shortest { get; init; }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static AlertEvidence Read(string text) => JsonSerializer.Deserialize<AlertEvidence>(text, Json)!;
}

/// <summary>What became of a stream in a window.</summary>
/// <param name="Key">The stream.</param>
/// <param name="Fires">True when it began to fire, false when it ended.</param>
/// <param name="At">End of the window.</param>
/// <param name="Onset">Most likely start of the change.</param>
/// <param name="Evidence">The numbers.</param>
public sealed record StreamTransition(StreamKey Key, bool Fires, DateTimeOffset At, DateTimeOffset Onset, AlertEvidence Evidence);
