using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Ingestion.Sources;

/// <summary>The table of sources in the state database.</summary>
public static class OutcomeSourceTable
{
    extension(StateDbContext db)
    {
        public DbSet<OutcomeSourceRow> OutcomeSources => db.Set<OutcomeSourceRow>();
    }

    internal sealed class OutcomeSourceRowMapping : IEntityTypeConfiguration<OutcomeSourceRow>
    {
        public void Configure(EntityTypeBuilder<OutcomeSourceRow> source)
        {
            source.ToTable("outcome_source");
            source.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }
}
