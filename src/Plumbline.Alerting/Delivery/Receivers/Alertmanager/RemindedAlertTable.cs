using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery.Receivers.Alertmanager;

/// <summary>The table of alerts that an Alertmanager is reminded of, in the state database.</summary>
public static class RemindedAlertTable
{
    extension(StateDbContext db)
    {
        public DbSet<RemindedAlertRow> RemindedAlerts => db.Set<RemindedAlertRow>();
    }

    internal sealed class RemindedAlertRowMapping : IEntityTypeConfiguration<RemindedAlertRow>
    {
        public void Configure(EntityTypeBuilder<RemindedAlertRow> alert)
        {
            alert.ToTable("reminded_alert");
            alert.HasKey(row => new { row.Receiver, row.Identity });
        }
    }
}
