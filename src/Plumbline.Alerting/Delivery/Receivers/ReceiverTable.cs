using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>The table of receivers in the state database.</summary>
public static class ReceiverTable
{
    extension(StateDbContext db)
    {
        public DbSet<ReceiverRow> Receivers => db.Set<ReceiverRow>();
    }

    internal sealed class ReceiverRowMapping : IEntityTypeConfiguration<ReceiverRow>
    {
        public void Configure(EntityTypeBuilder<ReceiverRow> receiver)
        {
            receiver.ToTable("receiver");
            receiver.HasKey(row => row.Name);
        }
    }
}
