using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery;

/// <summary>The tables of deliveries and silences in the state database.</summary>
public static class DeliveryTables
{
    extension(StateDbContext db)
    {
        public DbSet<DeliveryRow> Deliveries => db.Set<DeliveryRow>();

        public DbSet<DeliveryItemRow> DeliveryItems => db.Set<DeliveryItemRow>();

        public DbSet<SilenceRow> Silences => db.Set<SilenceRow>();
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

    internal sealed class SilenceRowMapping : IEntityTypeConfiguration<SilenceRow>
    {
        public void Configure(EntityTypeBuilder<SilenceRow> silence)
        {
            silence.ToTable("silence");
        }
    }
}
