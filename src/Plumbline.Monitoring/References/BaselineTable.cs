using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.References;

/// <summary>The table of baselines in the state database.</summary>
public static class BaselineTable
{
    extension(StateDbContext db)
    {
        public DbSet<BaselineRow> Baselines => db.Set<BaselineRow>();
    }

    internal sealed class BaselineRowMapping : IEntityTypeConfiguration<BaselineRow>
    {
        public void Configure(EntityTypeBuilder<BaselineRow> baseline)
        {
            baseline.ToTable("baseline");
            baseline.HasKey(row => row.ModelId);
            baseline.Property(row => row.ModelId).ValueGeneratedNever();
        }
    }
}
