using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Models, versions, baselines, segment values and the ledger of windows.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0001_initial")]
public sealed class M0001Initial : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "model",
            table => new
            {
                Id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Name = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_model", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_model_Name", "model", "Name", unique: true);
        migrationBuilder.CreateTable(
            "model_version",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Version = table.Column<string>(nullable: false),
                Declaration = table.Column<string>(nullable: true),
                FirstSeenMs = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_model_version", row => new { row.ModelId, row.Version })
        );
        migrationBuilder.CreateTable(
            "baseline",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Generation = table.Column<int>(nullable: false),
                Content = table.Column<string>(nullable: false),
                WindowsMarked = table.Column<bool>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_baseline", row => row.ModelId)
        );
        migrationBuilder.CreateTable(
            "segment_value",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Key = table.Column<string>(nullable: false),
                Value = table.Column<string>(nullable: false),
                Ordinal = table.Column<int>(nullable: false),
            },
            constraints: table =>
                table.PrimaryKey(
                    "PK_segment_value",
                    row => new
                    {
                        row.ModelId,
                        row.Key,
                        row.Value,
                    }
                )
        );
        migrationBuilder.CreateTable(
            "dirty_window",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Seconds = table.Column<int>(nullable: false),
                StartMs = table.Column<long>(nullable: false),
                Reasons = table.Column<int>(nullable: false),
                Mark = table.Column<long>(nullable: false),
                NotBeforeMs = table.Column<long>(nullable: false),
                Attempts = table.Column<int>(nullable: false),
                LastError = table.Column<string>(nullable: true),
            },
            constraints: table =>
                table.PrimaryKey(
                    "PK_dirty_window",
                    row => new
                    {
                        row.ModelId,
                        row.Seconds,
                        row.StartMs,
                    }
                )
        );
    }
}
