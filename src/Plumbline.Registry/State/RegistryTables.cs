using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Plumbline.Registry.State;

/// <summary>The tables of models, of the identity of the data folder and of windows to compute.</summary>
internal static class RegistryTables
{
    internal sealed class ModelRowMapping : IEntityTypeConfiguration<ModelRow>
    {
        public void Configure(EntityTypeBuilder<ModelRow> model)
        {
            model.ToTable("model");
            model.HasIndex(row => row.Name).IsUnique();
        }
    }

    internal sealed class ModelVersionRowMapping : IEntityTypeConfiguration<ModelVersionRow>
    {
        public void Configure(EntityTypeBuilder<ModelVersionRow> version)
        {
            version.ToTable("model_version");
            version.HasKey(row => new { row.ModelId, row.Version });
        }
    }

    internal sealed class ModelRemovalRowMapping : IEntityTypeConfiguration<ModelRemovalRow>
    {
        public void Configure(EntityTypeBuilder<ModelRemovalRow> removal)
        {
            removal.ToTable("model_removal");
            removal.HasKey(row => row.ModelId);
            removal.Property(row => row.ModelId).ValueGeneratedNever();
        }
    }

    internal sealed class PartIdentityRowMapping : IEntityTypeConfiguration<PartIdentityRow>
    {
        public void Configure(EntityTypeBuilder<PartIdentityRow> identity)
        {
            identity.ToTable("part_identity");
            identity.HasKey(row => row.StoreId);
        }
    }

    internal sealed class DirtyWindowRowMapping : IEntityTypeConfiguration<DirtyWindowRow>
    {
        public void Configure(EntityTypeBuilder<DirtyWindowRow> window)
        {
            window.ToTable("dirty_window");
            window.HasKey(row => new
            {
                row.ModelId,
                row.Seconds,
                row.StartMs,
            });
            window.HasIndex(row => row.NotBeforeMs);
        }
    }
}
