namespace Plumbline.Review.Retraining;

/// <summary>How far a run is. It only ever moves on in this order, and not at all once it has ended.</summary>
public enum RunState
{
    /// <summary>Asked for; it may wait for somebody's word.</summary>
    Requested = 0,

    /// <summary>Its data set is being built.</summary>
    Building = 1,

    /// <summary>It is being given to its target.</summary>
    Sending = 2,

    /// <summary>The target has it.</summary>
    Queued = 3,

    /// <summary>It trains.</summary>
    Running = 4,

    /// <summary>It has ended well.</summary>
    Succeeded = 5,

    /// <summary>It has ended otherwise.</summary>
    Failed = 6,

    /// <summary>Somebody ended it.</summary>
    Cancelled = 7,
}

/// <summary>Words of <see cref="RunState"/>.</summary>
public static class RunStates
{
    // What systems of others call it, in lower case; each means one of ours.
    private static readonly Dictionary<string, RunState> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["queued"] = RunState.Queued,
        ["pending"] = RunState.Queued,
        ["scheduled"] = RunState.Queued,
        ["waiting"] = RunState.Queued,
        ["paused"] = RunState.Queued,
        ["suspended"] = RunState.Queued,
        ["running"] = RunState.Running,
        ["in_progress"] = RunState.Running,
        ["executing"] = RunState.Running,
        ["stopping"] = RunState.Running,
        ["canceling"] = RunState.Running,
        ["succeeded"] = RunState.Succeeded,
        ["success"] = RunState.Succeeded,
        ["completed"] = RunState.Succeeded,
        ["complete"] = RunState.Succeeded,
        ["successcriteriamet"] = RunState.Succeeded,
        ["failed"] = RunState.Failed,
        ["failure"] = RunState.Failed,
        ["error"] = RunState.Failed,
        ["timed_out"] = RunState.Failed,
        ["failuretarget"] = RunState.Failed,
        ["cancelled"] = RunState.Cancelled,
        ["canceled"] = RunState.Cancelled,
        ["stopped"] = RunState.Cancelled,
        ["skipped"] = RunState.Cancelled,
    };

    /// <summary>States that a callback may report.</summary>
    public static IReadOnlyList<RunState> Reportable { get; } =
    [RunState.Queued, RunState.Running, RunState.Succeeded, RunState.Failed, RunState.Cancelled];

    /// <summary>As it is written: <c>queued</c>.</summary>
    public static string Word(this RunState state) => state.ToString().ToLowerInvariant();

    /// <summary>Whether a run has ended.</summary>
    public static bool HasEnded(this RunState state) => state >= RunState.Succeeded;

    /// <summary>The state of one of our words; null for another one.</summary>
    public static RunState? Parse(string? word) =>
        Enum.GetValues<RunState>().Where(state => state.Word() == word).Select(state => (RunState?)state).FirstOrDefault();

    /// <summary>What a word of another system means; null when it is not known.</summary>
    public static RunState? Read(string? word) => word is not null && Known.TryGetValue(word, out var state) ? state : null;
}

/// <summary>What is known of a run from outside: from a callback, or from asking its target.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Version">The version that it made; null when it did not say.</param>
/// <param name="Message">In its own words; null for none.</param>
/// <param name="Metrics">A JSON object of what it measured; null for none.</param>
public sealed record RunReport(RunState State, string? Version = null, string? Message = null, string? Metrics = null);
