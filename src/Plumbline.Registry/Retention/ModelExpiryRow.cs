using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;

namespace Plumbline.Registry.Retention;

/// <summary>Up to when one kind of a model's data was deleted because its retention had passed.</summary>
public sealed class ModelExpiryRow
{
    public int ModelId { get; set; }

    /// <summary>The <see cref="DataDescription.Name"/> of its owner.</summary>
    public required string Data { get; set; }

    /// <summary>Everything of before is gone, or going while <see cref="IsFinished"/> is false.</summary>
    public long BeforeMs { get; set; }

    /// <summary>Rows that were deleted in all.</summary>
    public long Rows { get; set; }

    /// <summary>Of these, predictions that had been made of parts.</summary>
    public long Merged { get; set; }

    /// <summary>
    /// False from before the deletion until after its rows were counted: a crash in between leaves rows that nobody counted.
    /// </summary>
    public bool IsFinished { get; set; }

    /// <summary>When the last deletion began, by the clock.</summary>
    public long AtMs { get; set; }
}

/// <summary>The table of what was deleted by retention, in the state database.</summary>
public static class RetentionTable
{
    extension(StateDbContext db)
    {
        public DbSet<ModelExpiryRow> ModelExpiries => db.Set<ModelExpiryRow>();
    }

    internal sealed class ModelExpiryRowMapping : IEntityTypeConfiguration<ModelExpiryRow>
    {
        public void Configure(EntityTypeBuilder<ModelExpiryRow> expiry)
        {
            expiry.ToTable("model_expiry");
            expiry.HasKey(row => new { row.ModelId, row.Data });
        }
    }
}
