using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>The table of finished searches in the state database.</summary>
public static class ColdSpotRunTable
{
    extension(StateDbContext db)
    {
        public DbSet<ColdSpotRunRow> ColdSpotRuns => db.Set<ColdSpotRunRow>();
    }

    internal sealed class ColdSpotRunRowMapping : IEntityTypeConfiguration<ColdSpotRunRow>
    {
        public void Configure(EntityTypeBuilder<ColdSpotRunRow> run)
        {
            run.ToTable("cold_spot_run");
            run.HasIndex(row => row.ModelId);
        }
    }
}
