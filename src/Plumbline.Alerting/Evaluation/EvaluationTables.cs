using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>The tables of what rules remember, in the state database.</summary>
public static class EvaluationTables
{
    extension(StateDbContext db)
    {
        public DbSet<AlertCursorRow> AlertCursors => db.Set<AlertCursorRow>();

        public DbSet<AlertStreamRow> AlertStreams => db.Set<AlertStreamRow>();
    }

    internal sealed class AlertCursorRowMapping : IEntityTypeConfiguration<AlertCursorRow>
    {
        public void Configure(EntityTypeBuilder<AlertCursorRow> cursor)
        {
            cursor.ToTable("alert_cursor");
            cursor.HasKey(row => new
            {
                row.ModelId,
                row.WindowSeconds,
                row.Mature,
            });
        }
    }

    internal sealed class AlertStreamRowMapping : IEntityTypeConfiguration<AlertStreamRow>
    {
        public void Configure(EntityTypeBuilder<AlertStreamRow> stream)
        {
            stream.ToTable("alert_stream");
            stream.HasIndex(row => row.ModelId);
        }
    }
}
