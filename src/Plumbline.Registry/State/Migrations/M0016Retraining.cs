using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Where training runs, when it is asked for, and what became of it.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0016_retraining")]
public sealed class M0016Retraining : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        TargetsAndTriggers(migrationBuilder);
        Runs(migrationBuilder);
    }

    private static void TargetsAndTriggers(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "retraining_target",
            table => new
            {
                Name = table.Column<string>(nullable: false),
                Specification = table.Column<string>(nullable: false),
                Secrets = table.Column<string>(nullable: true),
                ChangedAtMs = table.Column<long>(nullable: false),
                ChangedBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_retraining_target", row => row.Name)
        );
        migrationBuilder.CreateTable(
            "retraining_trigger",
            table => new
            {
                Id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                UpdatedAtMs = table.Column<long>(nullable: false),
                UpdatedBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_retraining_trigger", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_retraining_trigger_ModelId_Name", "retraining_trigger", ["ModelId", "Name"], unique: true);
    }

    private static void Runs(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "retraining_run",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Key = table.Column<string>(nullable: false),
                ModelId = table.Column<int>(nullable: false),
                Trigger = table.Column<string>(nullable: true),
                Occasion = table.Column<string>(nullable: true),
                Reason = table.Column<string>(nullable: false),
                Evidence = table.Column<string>(nullable: true),
                Target = table.Column<string>(nullable: false),
                Dataset = table.Column<string>(nullable: true),
                DatasetVersion = table.Column<int>(nullable: true),
                State = table.Column<int>(nullable: false),
                NeedsApproval = table.Column<bool>(nullable: false),
                ApprovedBy = table.Column<string>(nullable: true),
                Request = table.Column<string>(nullable: true),
                Token = table.Column<string>(nullable: true),
                TokenHash = table.Column<string>(nullable: false),
                Attempts = table.Column<int>(nullable: false),
                DueAtMs = table.Column<long>(nullable: false),
                RemoteId = table.Column<string>(nullable: true),
                Version = table.Column<string>(nullable: true),
                Message = table.Column<string>(nullable: true),
                Metrics = table.Column<string>(nullable: true),
                RequestedBy = table.Column<string>(nullable: false),
                RequestedAtMs = table.Column<long>(nullable: false),
                SentAtMs = table.Column<long>(nullable: true),
                HeardAtMs = table.Column<long>(nullable: true),
                FinishedAtMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_retraining_run", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_retraining_run_Key", "retraining_run", "Key", unique: true);
        migrationBuilder.CreateIndex("IX_retraining_run_ModelId_Id", "retraining_run", ["ModelId", "Id"]);
        migrationBuilder.CreateIndex("IX_retraining_run_State_DueAtMs", "retraining_run", ["State", "DueAtMs"]);
        migrationBuilder.CreateIndex(
            "IX_retraining_run_ModelId_Trigger_Occasion",
            "retraining_run",
            ["ModelId", "Trigger", "Occasion"],
            unique: true
        );
    }
}
