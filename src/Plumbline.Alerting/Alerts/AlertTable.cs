using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Alerts;

/// <summary>The table of alerts in the state database.</summary>
public static class AlertTable
{
    extension(StateDbContext db)
    {
        public DbSet<AlertRow> Alerts => db.Set<AlertRow>();
    }

    internal sealed class Mapping : IEntityTypeConfiguration<AlertRow>
    {
        public void Configure(EntityTypeBuilder<AlertRow> alert)
        {
            alert.ToTable("alert");
            alert.HasIndex(row => new { row.ModelId, row.ResolvedMs });
            alert.HasIndex(row => row.IncidentId);
        }
    }
}
