using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Proof;

/// <summary>That a version of the model answered the held-out rows of a version of a data set; the answers are in a file beside
/// those.</summary>
public sealed class HeldOutRow
{
    public int Id { get; set; }

    public int ModelId { get; set; }

    public int DatasetId { get; set; }

    /// <summary>Number of the data set's version.</summary>
    public int Number { get; set; }

    /// <summary>The model's version that answered.</summary>
    public required string Version { get; set; }

    /// <summary>Rows with an answer.</summary>
    public long Rows { get; set; }

    public long GivenAtMs { get; set; }

    public required string GivenBy { get; set; }
}

/// <summary>The table of held-out answers in the state database.</summary>
public static class HeldOutTable
{
    extension(StateDbContext db)
    {
        public DbSet<HeldOutRow> HeldOutAnswers => db.Set<HeldOutRow>();
    }

    internal sealed class HeldOutRowMapping : IEntityTypeConfiguration<HeldOutRow>
    {
        public void Configure(EntityTypeBuilder<HeldOutRow> answers)
        {
            answers.ToTable("held_out_answers");
            answers
                .HasIndex(row => new
                {
                    row.DatasetId,
                    row.Number,
                    row.Version,
                })
                .IsUnique();
            answers.HasIndex(row => row.ModelId);
        }
    }
}
