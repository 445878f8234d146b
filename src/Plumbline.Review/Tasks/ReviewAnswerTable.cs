using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Tasks;

/// <summary>What somebody said of a task.</summary>
public enum AnswerKind
{
    /// <summary>The class or number that is true.</summary>
    Value = 0,

    /// <summary>The input is broken: nobody could say.</summary>
    Broken = 1,

    /// <summary>Somebody else should say: this one is not shown the task again.</summary>
    NotMyExpertise = 2,

    /// <summary>Not now: this one is not shown the task again.</summary>
    Skip = 3,
}

/// <summary>One answer. Rows are never changed but to be withdrawn and given on: history stays.</summary>
public sealed class ReviewAnswerRow
{
    public long Id { get; set; }

    public long TaskId { get; set; }

    public int ModelId { get; set; }

    /// <summary>Who: the name of an account or key.</summary>
    public required string Annotator { get; set; }

    /// <summary>True for a script that answers in place of a person.</summary>
    public bool IsRobot { get; set; }

    /// <summary>One of <see cref="AnswerKind"/>.</summary>
    public int Kind { get; set; }

    /// <summary>The class, or the number as text; empty for other kinds.</summary>
    public required string Value { get; set; }

    /// <summary>How sure, 0..1; null when not said.</summary>
    public double? Sure { get; set; }

    /// <summary>A note; empty for none.</summary>
    public required string Note { get; set; }

    /// <summary>Marked for somebody else's look.</summary>
    public bool IsFlagged { get; set; }

    /// <summary>Seconds that the task was on the screen; null when not said.</summary>
    public double? Seconds { get; set; }

    /// <summary>True when it decided between the others.</summary>
    public bool IsDecision { get; set; }

    public long AtMs { get; set; }

    /// <summary>When it was taken back; null while it counts.</summary>
    public long? WithdrawnAtMs { get; set; }
}

/// <summary>The table of answers in the state database.</summary>
public static class ReviewAnswerTable
{
    extension(StateDbContext db)
    {
        public DbSet<ReviewAnswerRow> ReviewAnswers => db.Set<ReviewAnswerRow>();

        /// <summary>The values that annotators of a model gave since a time and did not take back; decisions are not among them.</summary>
        internal IQueryable<ReviewAnswerRow> ValuesGiven(int modelId, long sinceMs) =>
            db.ReviewAnswers.Where(row =>
                row.ModelId == modelId
                && row.AtMs >= sinceMs
                && row.WithdrawnAtMs == null
                && !row.IsDecision
                && row.Kind == (int)AnswerKind.Value
            );
    }

    internal sealed class ReviewAnswerRowMapping : IEntityTypeConfiguration<ReviewAnswerRow>
    {
        public void Configure(EntityTypeBuilder<ReviewAnswerRow> answer)
        {
            answer.ToTable("review_answer");
            answer.HasIndex(row => new { row.TaskId, row.Annotator });
            answer.HasIndex(row => new { row.ModelId, row.AtMs });
        }
    }
}
