using Plumbline.Review.Policies;

namespace Plumbline.Review;

/// <summary>How people's answers are taken.</summary>
public sealed record ReviewOptions
{
    /// <summary>
    /// Seconds in which an answer can be taken back before it becomes ground truth. Range 0..3600, default 10. Taken back later, the ground
    /// truth stays until the next answer supersedes it.
    /// </summary>
    public int UndoSeconds { get; init; } = 10;

    /// <summary>
    /// Minutes that a task on somebody's screen is kept from others. Range 1..1440, default 15. Shorter ones come back sooner from whoever
    /// went away; too short ones are answered twice.
    /// </summary>
    public int LockMinutes { get; init; } = 15;

    /// <summary>
    /// Open tasks of all models. Range 1,000..10,000,000, default 2,000,000; a draw beyond it waits, and its policy says so.
    /// </summary>
    public int MaxOpenTasks { get; init; } = 2_000_000;

    /// <summary>Policies declared here cannot be changed over the API or on the page. At most 1,000.</summary>
    public IReadOnlyList<FilePolicy> Policies { get; init; } = [];

    internal TimeSpan Undo => TimeSpan.FromSeconds(UndoSeconds);

    internal TimeSpan Lock => TimeSpan.FromMinutes(LockMinutes);

    /// <summary>Checks every range.</summary>
    public void Validate(ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (UndoSeconds is < 0 or > 3600)
            errors.Add($"review.undo_seconds: {UndoSeconds} is outside 0..3600.");
        if (LockMinutes is < 1 or > 1440)
            errors.Add($"review.lock_minutes: {LockMinutes} is outside 1..1440.");
        if (MaxOpenTasks is < 1_000 or > 10_000_000)
            errors.Add($"review.max_open_tasks: {MaxOpenTasks} is outside 1000..10000000.");
        FilePolicy.Validate(Policies, errors);
    }
}
