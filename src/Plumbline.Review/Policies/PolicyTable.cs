using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Policies;

/// <summary>A policy, as it is stored.</summary>
public sealed class ReviewPolicyRow
{
    public int Id { get; set; }

    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of its <see cref="ReviewPolicy"/>.</summary>
    public required string Definition { get; set; }

    public long UpdatedAtMs { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>
    /// Predictions before this time have had their draw; null before the first. It moves in the transaction that stores the tasks.
    /// </summary>
    public long? DrawnToMs { get; set; }
}

/// <summary>One draw of a policy: what it was drawn from.</summary>
public sealed class ReviewDrawRow
{
    public long Id { get; set; }

    public int PolicyId { get; set; }

    public int ModelId { get; set; }

    public long FromMs { get; set; }

    public long ToMs { get; set; }

    /// <summary>Predictions that could be chosen.</summary>
    public long Population { get; set; }

    /// <summary>How many were to be chosen on average.</summary>
    public double Expected { get; set; }

    /// <summary>Mean of their expected errors, in draws of former versions; null where those were not known, and since.</summary>
    public double? MeanExpected { get; set; }

    /// <summary>Means of all cheap labels that were known, as JSON by their names; null in draws of former versions.</summary>
    public string? CheapMeans { get; set; }

    /// <summary>How many were chosen.</summary>
    public int Drawn { get; set; }
}

/// <summary>The tables of policies in the state database.</summary>
public static class PolicyTable
{
    extension(StateDbContext db)
    {
        public DbSet<ReviewPolicyRow> ReviewPolicies => db.Set<ReviewPolicyRow>();

        public DbSet<ReviewDrawRow> ReviewDraws => db.Set<ReviewDrawRow>();
    }

    internal sealed class ReviewPolicyRowMapping : IEntityTypeConfiguration<ReviewPolicyRow>
    {
        public void Configure(EntityTypeBuilder<ReviewPolicyRow> policy)
        {
            policy.ToTable("review_policy");
            policy.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }

    internal sealed class ReviewDrawRowMapping : IEntityTypeConfiguration<ReviewDrawRow>
    {
        public void Configure(EntityTypeBuilder<ReviewDrawRow> draw)
        {
            draw.ToTable("review_draw");
            draw.HasIndex(row => new { row.PolicyId, row.FromMs });
        }
    }
}
