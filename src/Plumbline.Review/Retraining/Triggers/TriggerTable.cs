using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>A trigger, as it is stored.</summary>
public sealed class TriggerRow
{
    public int Id { get; set; }

    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of its <see cref="RetrainingTrigger"/>.</summary>
    public required string Definition { get; set; }

    /// <summary>Its schedule counts from here while it has no run, epoch milliseconds.</summary>
    public long CreatedAtMs { get; set; }

    public long UpdatedAtMs { get; set; }

    public required string UpdatedBy { get; set; }
}

/// <summary>The table of triggers in the state database.</summary>
public static class TriggerTable
{
    extension(StateDbContext db)
    {
        public DbSet<TriggerRow> RetrainingTriggers => db.Set<TriggerRow>();
    }

    internal sealed class TriggerRowMapping : IEntityTypeConfiguration<TriggerRow>
    {
        public void Configure(EntityTypeBuilder<TriggerRow> trigger)
        {
            trigger.ToTable("retraining_trigger");
            trigger.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }
}
