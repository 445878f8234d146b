using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Rules;

/// <summary>The table of rules in the state database.</summary>
public static class RuleTable
{
    extension(StateDbContext db)
    {
        public DbSet<RuleRow> Rules => db.Set<RuleRow>();
    }

    internal sealed class RuleRowMapping : IEntityTypeConfiguration<RuleRow>
    {
        public void Configure(EntityTypeBuilder<RuleRow> rule)
        {
            rule.ToTable("rule");
            rule.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }
}
