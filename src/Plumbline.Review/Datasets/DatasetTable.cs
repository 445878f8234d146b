using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Datasets;

/// <summary>A data set, as it is stored.</summary>
public sealed class DatasetRow
{
    public int Id { get; set; }

    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of its <see cref="DatasetRecipe"/>.</summary>
    public required string Recipe { get; set; }

    public long UpdatedAtMs { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>Number of the newest version that was begun; 0 before the first.</summary>
    public int LastNumber { get; set; }
}

/// <summary>Where a version stands.</summary>
public enum DatasetState
{
    /// <summary>Its rows are being chosen and written.</summary>
    Building = 0,

    /// <summary>It is complete, and never changes again.</summary>
    Ready = 1,

    /// <summary>It could not be made; the reason is beside it.</summary>
    Failed = 2,
}

/// <summary>A version of a data set, as it is stored.</summary>
public sealed class DatasetVersionRow
{
    public long Id { get; set; }

    public int DatasetId { get; set; }

    public int ModelId { get; set; }

    /// <summary>1, 2, .. per data set.</summary>
    public int Number { get; set; }

    /// <summary>The JSON of the <see cref="DatasetRecipe"/> that it was made by.</summary>
    public required string Recipe { get; set; }

    /// <summary>One of <see cref="DatasetState"/>.</summary>
    public int State { get; set; }

    /// <summary>Why it failed; empty otherwise.</summary>
    public required string Reason { get; set; }

    /// <summary>SHA-256 of the rows' content, in hexadecimal; empty until it is ready.</summary>
    public required string ContentHash { get; set; }

    public long Rows { get; set; }

    /// <summary>Rows with a label.</summary>
    public long Labelled { get; set; }

    /// <summary>The JSON of its <see cref="DatasetCard"/>; empty until it is ready.</summary>
    public required string Card { get; set; }

    public long CreatedAtMs { get; set; }

    public required string CreatedBy { get; set; }
}

/// <summary>The tables of data sets in the state database.</summary>
public static class DatasetTable
{
    extension(StateDbContext db)
    {
        public DbSet<DatasetRow> Datasets => db.Set<DatasetRow>();

        public DbSet<DatasetVersionRow> DatasetVersions => db.Set<DatasetVersionRow>();
    }

    internal sealed class DatasetRowMapping : IEntityTypeConfiguration<DatasetRow>
    {
        public void Configure(EntityTypeBuilder<DatasetRow> dataset)
        {
            dataset.ToTable("dataset");
            dataset.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }

    internal sealed class DatasetVersionRowMapping : IEntityTypeConfiguration<DatasetVersionRow>
    {
        public void Configure(EntityTypeBuilder<DatasetVersionRow> version)
        {
            version.ToTable("dataset_version");
            version.HasIndex(row => new { row.DatasetId, row.Number }).IsUnique();
            version.HasIndex(row => row.ModelId);
        }
    }
}
