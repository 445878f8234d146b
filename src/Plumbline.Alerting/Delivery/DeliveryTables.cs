using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery;

/// <summary>The tables of delivery in the state database.</summary>
public static class DeliveryTables
{
    extension(StateDbContext db)
    {
        public DbSet<NotificationRow> Notifications => db.Set<NotificationRow>();

        public DbSet<DeliveryRow> Deliveries => db.Set<DeliveryRow>();

        public DbSet<DeliveryItemRow> DeliveryItems => db.Set<DeliveryItemRow>();

        public DbSet<ReceiverRow> Receivers => db.Set<ReceiverRow>();

        public DbSet<RemindedAlertRow> RemindedAlerts => db.Set<RemindedAlertRow>();

        public DbSet<SilenceRow> Silences => db.Set<SilenceRow>();
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

    internal sealed class DeliveryRowMapping : IEntityTypeConfiguration<DeliveryRow>
    {
        public void Configure(EntityTypeBuilder<DeliveryRow> delivery)
        {
            delivery.ToTable("delivery");
            delivery.HasIndex(row => new { row.State, row.DueAtMs });
            delivery.HasIndex(row => new { row.Receiver, row.State });
        }
    }

    internal sealed class DeliveryItemRowMapping : IEntityTypeConfiguration<DeliveryItemRow>
    {
        public void Configure(EntityTypeBuilder<DeliveryItemRow> item)
        {
            item.ToTable("delivery_item");
            item.HasOne<DeliveryRow>().WithMany(delivery => delivery.Items).HasForeignKey(row => row.DeliveryId);
            item.HasKey(row => new { row.DeliveryId, row.NotificationId });
            item.HasIndex(row => new { row.Receiver, row.Key });
            item.HasIndex(row => row.IncidentId);
        }
    }

    internal sealed class ReceiverRowMapping : IEntityTypeConfiguration<ReceiverRow>
    {
        public void Configure(EntityTypeBuilder<ReceiverRow> receiver)
        {
            receiver.ToTable("receiver");
            receiver.HasKey(row => row.Name);
        }
    }

    internal sealed class RemindedAlertRowMapping : IEntityTypeConfiguration<RemindedAlertRow>
    {
        public void Configure(EntityTypeBuilder<RemindedAlertRow> alert)
        {
            alert.ToTable("reminded_alert");
            alert.HasKey(row => new { row.Receiver, row.Identity });
        }
    }

    internal sealed class SilenceRowMapping : IEntityTypeConfiguration<SilenceRow>
    {
        public void Configure(EntityTypeBuilder<SilenceRow> silence)
        {
            silence.ToTable("silence");
        }
    }
}
