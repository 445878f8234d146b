using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.Profiles;

/// <summary>The table of segment values that are told apart, in the state database.</summary>
public static class SegmentValueTable
{
    extension(StateDbContext db)
    {
        public DbSet<SegmentValueRow> SegmentValues => db.Set<SegmentValueRow>();
    }

    internal sealed class SegmentValueRowMapping : IEntityTypeConfiguration<SegmentValueRow>
    {
        public void Configure(EntityTypeBuilder<SegmentValueRow> value)
        {
            value.ToTable("segment_value");
            value.HasKey(row => new
            {
                row.ModelId,
                row.Key,
                row.Value,
            });
        }
    }
}
