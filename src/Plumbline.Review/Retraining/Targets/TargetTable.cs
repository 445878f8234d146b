using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>A target, as it is stored.</summary>
public sealed class TargetRow
{
    public required string Name { get; set; }

    /// <summary>JSON of the <see cref="TargetSpecification"/> without its secrets.</summary>
    public required string Specification { get; set; }

    /// <summary>The secrets, encrypted with the keys in the data folder; null for none.</summary>
    public string? Secrets { get; set; }

    public long ChangedAtMs { get; set; }

    public required string ChangedBy { get; set; }
}

/// <summary>The table of targets in the state database.</summary>
public static class TargetTable
{
    extension(StateDbContext db)
    {
        public DbSet<TargetRow> RetrainingTargets => db.Set<TargetRow>();
    }

    internal sealed class TargetRowMapping : IEntityTypeConfiguration<TargetRow>
    {
        public void Configure(EntityTypeBuilder<TargetRow> target)
        {
            target.ToTable("retraining_target");
            target.HasKey(row => row.Name);
        }
    }
}
