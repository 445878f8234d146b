using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Review.Tasks;

/// <summary>Where a task stands.</summary>
public enum TaskState
{
    /// <summary>Answers are wanted.</summary>
    Open = 0,

    /// <summary>Answered: <see cref="ReviewTaskRow.Resolved"/> is the ground truth.</summary>
    Done = 1,

    /// <summary>Annotators disagree and none has more votes: somebody with the role review decides.</summary>
    Disputed = 2,

    /// <summary>Annotators found that the input cannot be judged; no ground truth follows.</summary>
    Broken = 3,

    /// <summary>Nobody answered while it was fresh.</summary>
    Expired = 4,
}

/// <summary>A prediction that people look at.</summary>
public sealed class ReviewTaskRow
{
    public long Id { get; set; }

    public int ModelId { get; set; }

    public required string PredictionId { get; set; }

    /// <summary>First 8 bytes of the SHA-256 of the id, as the bits of a signed number.</summary>
    public long IdHash { get; set; }

    /// <summary>Time of the prediction, epoch milliseconds.</summary>
    public long TimestampMs { get; set; }

    public required string Version { get; set; }

    /// <summary>What the model answered, as text.</summary>
    public required string Answer { get; set; }

    /// <summary>One of <see cref="TaskState"/>.</summary>
    public int State { get; set; }

    /// <summary>The highest comes first. Those drawn by chance stand among the others at random places.</summary>
    public double Rank { get; set; }

    /// <summary>Answers wanted.</summary>
    public int Wanted { get; set; }

    /// <summary>The policy whose draw made it; null for tasks that somebody made by hand.</summary>
    public int? PolicyId { get; set; }

    /// <summary>The JSON of its <see cref="TaskEvidence"/>.</summary>
    public required string Evidence { get; set; }

    public long CreatedAtMs { get; set; }

    /// <summary>When it expires while it is open, epoch milliseconds.</summary>
    public long ExpiresAtMs { get; set; }

    /// <summary>Who has it on the screen.</summary>
    public string? LockedBy { get; set; }

    /// <summary>Until when, epoch milliseconds.</summary>
    public long LockedUntilMs { get; set; }

    /// <summary>What the answers came to; null while it is open.</summary>
    public string? Resolved { get; set; }

    public long? ResolvedAtMs { get; set; }

    /// <summary>When the ground truth was given on; null while it waits.</summary>
    public long? DeliveredAtMs { get; set; }

    /// <summary>The answer that is known to be right, of a task that measures annotators; else null.</summary>
    public string? Gold { get; set; }

    /// <summary>A task that is open for so long.</summary>
    /// <param name="model">The model.</param>
    /// <param name="place">The prediction.</param>
    /// <param name="answered">Which version answered it, and what.</param>
    /// <param name="evidence">Why it became one.</param>
    /// <param name="now">When.</param>
    /// <param name="age">After which it expires.</param>
    internal static ReviewTaskRow Begin(
        ModelDefinition model,
        PredictionPlace place,
        (string Version, string Answer) answered,
        TaskEvidence evidence,
        DateTimeOffset now,
        TimeSpan age
    ) =>
        new()
        {
            ModelId = model.Id,
            PredictionId = place.Id,
            IdHash = unchecked((long)place.IdHash),
            TimestampMs = place.Timestamp.ToUnixTimeMilliseconds(),
            Version = answered.Version,
            Answer = answered.Answer,
            State = (int)TaskState.Open,
            Evidence = evidence.Write(),
            CreatedAtMs = now.ToUnixTimeMilliseconds(),
            ExpiresAtMs = (now + age).ToUnixTimeMilliseconds(),
        };
}

/// <summary>That a policy chose the prediction of a task, and how likely that was.</summary>
public sealed class ReviewSelectionRow
{
    public int PolicyId { get; set; }

    public int ModelId { get; set; }

    public long TaskId { get; set; }

    /// <summary>In (0, 1]: by score, by chance or both.</summary>
    public double Probability { get; set; }

    /// <summary>In [0, 1]: by chance alone.</summary>
    public double ByChance { get; set; }

    /// <summary>Whether its score alone would have been enough.</summary>
    public bool IsByScore { get; set; }
}

/// <summary>The tables of tasks in the state database.</summary>
public static class ReviewTaskTable
{
    extension(StateDbContext db)
    {
        public DbSet<ReviewTaskRow> ReviewTasks => db.Set<ReviewTaskRow>();

        public DbSet<ReviewSelectionRow> ReviewSelections => db.Set<ReviewSelectionRow>();
    }

    internal sealed class ReviewTaskRowMapping : IEntityTypeConfiguration<ReviewTaskRow>
    {
        public void Configure(EntityTypeBuilder<ReviewTaskRow> task)
        {
            task.ToTable("review_task");
            task.HasIndex(row => new { row.ModelId, row.PredictionId }).IsUnique();
            task.HasIndex(row => new
            {
                row.ModelId,
                row.State,
                row.Rank,
                row.Id,
            });
            task.HasIndex(row => new { row.State, row.DeliveredAtMs });
            task.HasIndex(row => new { row.State, row.ExpiresAtMs });
        }
    }

    internal sealed class ReviewSelectionRowMapping : IEntityTypeConfiguration<ReviewSelectionRow>
    {
        public void Configure(EntityTypeBuilder<ReviewSelectionRow> selection)
        {
            selection.ToTable("review_selection");
            selection.HasKey(row => new { row.PolicyId, row.TaskId });
            selection.HasIndex(row => row.TaskId);
            selection.HasIndex(row => row.ModelId);
        }
    }
}
