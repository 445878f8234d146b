using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>What a rule can say of a stream now. Silence is not among them: a stream that cannot be judged says so.</summary>
public enum StreamStatus
{
    /// <summary>Nothing points to trouble.</summary>
    Inactive,

    /// <summary>Suspicious, and not for long enough.</summary>
    Pending,

    /// <summary>Trouble.</summary>
    Firing,

    /// <summary>Too few rows, no ground truth yet, a gap, or still learning what is normal; the reason says which.</summary>
    CannotJudge,
}

/// <summary>What is remembered of a stream from window to window. Immutable; stored as JSON.</summary>
public sealed record StreamState
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public StreamStatus Status { get; init; } = StreamStatus.CannotJudge;

    /// <summary>Why it cannot be judged, or what is suspicious.</summary>
    public string? Reason { get; init; }

    /// <summary>Anomaly rules: the evidence so far.</summary>
    public AlarmState Alarm { get; init; } = AlarmState.Fresh;

    /// <summary>Rules that learn what is normal: the windows to learn it from, in order; see <see cref="LearningSchedule"/>.</summary>
    [JsonConverter(typeof(LearnedWindowsConverter))]
    public ImmutableList<LearnedWindow> Learned { get; init; } = [];

    /// <summary>The first so many of <see cref="Learned"/> are what the normal in force was learned from; 0 while there is none.</summary>
    public int InUse { get; init; }

    /// <summary>How many times a normal was learned: 0 while there is none.</summary>
    public int Generation { get; init; }

    /// <summary>Start of the first window that was judged by the normal in force.</summary>
    public DateTimeOffset? LearnedAt { get; init; }

    /// <summary>
    /// Windows while a change is likely (pending): they join what is learned when it comes to nothing, and are forgotten when it alarms.
    /// </summary>
    [JsonConverter(typeof(LearnedWindowsConverter))]
    public ImmutableList<LearnedWindow> Held { get; init; } = [];

    /// <summary>The last judged windows, for what persists from window to window.</summary>
    [JsonConverter(typeof(LearnedWindowsConverter))]
    public ImmutableList<LearnedWindow> Kept { get; init; } = [];

    /// <summary>Generation of the reference that production was held against last; 0 for none.</summary>
    public int Compared { get; init; }

    /// <summary>True when production was as the reference of that generation shows: the reference then is what is normal.</summary>
    public bool AsReference { get; init; }

    /// <summary>Anomaly rules: the windows since the evidence began to grow.</summary>
    public ImmutableList<EvidenceWindow> Evidence { get; init; } = [];

    /// <summary>Other rules: whether the last windows were suspicious, the newest last.</summary>
    public ImmutableList<bool> Recent { get; init; } = [];

    /// <summary>Windows in a row without suspicion while firing.</summary>
    public int Quiet { get; init; }

    /// <summary>Windows in a row in which a small but certain change was large.</summary>
    public int Grown { get; init; }

    /// <summary>Anomaly rules, while they fire: how far from normal it is; else null.</summary>
    public FiringLevel? Level { get; init; }

    /// <summary>Windows in a row that could not be judged.</summary>
    public int Unjudged { get; init; }

    /// <summary>Start of the change that fires now.</summary>
    public DateTimeOffset? Onset { get; init; }

    /// <summary>Firing, and so small that it is told in the digest only.</summary>
    public bool Small { get; init; }

    /// <summary>Start of the last window looked at.</summary>
    public DateTimeOffset? LastWindow { get; init; }

    public double? LastValue { get; init; }

    public double? LastExpected { get; init; }

    public double? LastPValue { get; init; }

    public long LastN { get; init; }

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static StreamState Read(string text) => JsonSerializer.Deserialize<StreamState>(text, Json)!;
}

/// <summary>What a window added to the evidence: its log e-value, and by how much and in how many rows it differed.</summary>
public sealed record EvidenceWindow(DateTimeOffset Start, double LogEValue, double Deviation, long N);
