using Microsoft.EntityFrameworkCore;

namespace Plumbline.Server.Alerting.Delivery;

/// <summary>The tables of delivery in the state database.</summary>
internal static class DeliveryModel
{
    public static void Describe(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<NotificationRow>(notification =>
        {
            notification.ToTable("notification");
            notification.HasIndex(row => row.RoutedAtMs);
            notification.HasIndex(row => row.IncidentId);
        });
        modelBuilder.Entity<DeliveryRow>(delivery =>
        {
            delivery.ToTable("delivery");
            delivery.HasIndex(row => new { row.State, row.DueAtMs });
            delivery.HasIndex(row => new { row.Receiver, row.State });
        });
        modelBuilder.Entity<DeliveryItemRow>(item =>
        {
            item.ToTable("delivery_item");
            item.HasOne<DeliveryRow>().WithMany(delivery => delivery.Items).HasForeignKey(row => row.DeliveryId);
            item.HasKey(row => new { row.DeliveryId, row.NotificationId });
            item.HasIndex(row => new { row.Receiver, row.Key });
            item.HasIndex(row => row.IncidentId);
        });
        modelBuilder.Entity<ReceiverRow>(receiver =>
        {
            receiver.ToTable("receiver");
            receiver.HasKey(row => row.Name);
        });
        modelBuilder.Entity<RemindedAlertRow>(alert =>
        {
            alert.ToTable("reminded_alert");
            alert.HasKey(row => new { row.Receiver, row.Identity });
        });
        modelBuilder.Entity<SilenceRow>(silence => silence.ToTable("silence"));
    }
}
