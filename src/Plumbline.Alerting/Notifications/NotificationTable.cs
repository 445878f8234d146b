using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Notifications;

/// <summary>The outbox in the state database.</summary>
public static class NotificationTable
{
    extension(StateDbContext db)
    {
        public DbSet<NotificationRow> Notifications => db.Set<NotificationRow>();
    }

    internal sealed class NotificationRowMapping : IEntityTypeConfiguration<NotificationRow>
    {
        public void Configure(EntityTypeBuilder<NotificationRow> notification)
        {
            notification.ToTable("notification");
            notification.HasIndex(row => row.RoutedAtMs);
            notification.HasIndex(row => row.IncidentId);
        }
    }
}
