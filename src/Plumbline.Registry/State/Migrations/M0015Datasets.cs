using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Data sets of a model, and their versions.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0015_datasets")]
public sealed class M0015Datasets : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "dataset",
            table => new
            {
                Id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Recipe = table.Column<string>(nullable: false),
                UpdatedAtMs = table.Column<long>(nullable: false),
                UpdatedBy = table.Column<string>(nullable: false),
                LastNumber = table.Column<int>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_dataset", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_dataset_ModelId_Name", "dataset", ["ModelId", "Name"], unique: true);
        migrationBuilder.CreateTable(
            "dataset_version",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                DatasetId = table.Column<int>(nullable: false),
                ModelId = table.Column<int>(nullable: false),
                Number = table.Column<int>(nullable: false),
                Recipe = table.Column<string>(nullable: false),
                State = table.Column<int>(nullable: false),
                Reason = table.Column<string>(nullable: false),
                ContentHash = table.Column<string>(nullable: false),
                Rows = table.Column<long>(nullable: false),
                Labelled = table.Column<long>(nullable: false),
                Card = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                CreatedBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_dataset_version", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_dataset_version_DatasetId_Number", "dataset_version", ["DatasetId", "Number"], unique: true);
        migrationBuilder.CreateIndex("IX_dataset_version_ModelId", "dataset_version", "ModelId");
    }
}
