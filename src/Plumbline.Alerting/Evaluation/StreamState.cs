using System.Collections.Immutable;
using System.Text.Json;
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
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
    };

    public StreamStatus Status { get; init; } = StreamStatus.CannotJudge;

    /// <summary>Why it cannot be judged, or what is suspicious.</summary>
    public string? Reason { get; init; }

    /// <summary>Anomaly rules: the evidence so far.</summary>
    public AlarmState Alarm { get; init; } = AlarmState.Fresh;

    /// <summary>Anomaly rules over plain metrics: the windows from which normal is learned.</summary>
    public ImmutableList<LearnedWindow> Learned { get; init; } = [];

    /// <summary>The last windows after learning, for what persists from window to window.</summary>
    public ImmutableList<LearnedWindow> Kept { get; init; } = [];

    /// <summary>Anomaly rules: the windows since the evidence began to grow.</summary>
    public ImmutableList<EvidenceWindow> Evidence { get; init; } = [];

    /// <summary>Other rules: whether the last windows were suspicious, the newest last.</summary>
    public ImmutableList<bool> Recent { get; init; } = [];

    /// <summary>Windows in a row without suspicion while firing.</summary>
    public int Quiet { get; init; }

    /// <summary>Windows in a row in which a small but certain change was large.</summary>
    public int Grown { get; init; }

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

/// <summary>A window of the time in which normal was learned: its value and the standard error of that.</summary>
public sealed record LearnedWindow(DateTimeOffset Start, double Value, double StandardError);

/// <summary>What a window added to the evidence: its log e-value, and by how much and in how many rows it differed.</summary>
public sealed record EvidenceWindow(DateTimeOffset Start, double LogEValue, double Deviation, long N);
