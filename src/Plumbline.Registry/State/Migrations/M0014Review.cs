using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>What people look at, why it was chosen, and what they said.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0014_review")]
public sealed class M0014Review : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Policies(migrationBuilder);
        Tasks(migrationBuilder);
        Answers(migrationBuilder);
    }

    private static void Policies(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "review_policy",
            table => new
            {
                Id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: false),
                UpdatedAtMs = table.Column<long>(nullable: false),
                UpdatedBy = table.Column<string>(nullable: false),
                DrawnToMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_review_policy", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_review_policy_ModelId_Name", "review_policy", ["ModelId", "Name"], unique: true);
        migrationBuilder.CreateTable(
            "review_draw",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                PolicyId = table.Column<int>(nullable: false),
                ModelId = table.Column<int>(nullable: false),
                FromMs = table.Column<long>(nullable: false),
                ToMs = table.Column<long>(nullable: false),
                Population = table.Column<long>(nullable: false),
                Expected = table.Column<double>(nullable: false),
                MeanExpected = table.Column<double>(nullable: true),
                Drawn = table.Column<int>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_review_draw", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_review_draw_PolicyId_FromMs", "review_draw", ["PolicyId", "FromMs"]);
    }

    private static void Tasks(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "review_task",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                PredictionId = table.Column<string>(nullable: false),
                IdHash = table.Column<long>(nullable: false),
                TimestampMs = table.Column<long>(nullable: false),
                Version = table.Column<string>(nullable: false),
                Answer = table.Column<string>(nullable: false),
                State = table.Column<int>(nullable: false),
                Rank = table.Column<double>(nullable: false),
                Wanted = table.Column<int>(nullable: false),
                PolicyId = table.Column<int>(nullable: true),
                Evidence = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                ExpiresAtMs = table.Column<long>(nullable: false),
                LockedBy = table.Column<string>(nullable: true),
                LockedUntilMs = table.Column<long>(nullable: false),
                Resolved = table.Column<string>(nullable: true),
                ResolvedAtMs = table.Column<long>(nullable: true),
                DeliveredAtMs = table.Column<long>(nullable: true),
                Gold = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_review_task", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_review_task_ModelId_PredictionId", "review_task", ["ModelId", "PredictionId"], unique: true);
        migrationBuilder.CreateIndex("IX_review_task_ModelId_State_Rank_Id", "review_task", ["ModelId", "State", "Rank", "Id"]);
        migrationBuilder.CreateIndex("IX_review_task_State_DeliveredAtMs", "review_task", ["State", "DeliveredAtMs"]);
        migrationBuilder.CreateIndex("IX_review_task_State_ExpiresAtMs", "review_task", ["State", "ExpiresAtMs"]);
        migrationBuilder.CreateTable(
            "review_selection",
            table => new
            {
                PolicyId = table.Column<int>(nullable: false),
                ModelId = table.Column<int>(nullable: false),
                TaskId = table.Column<long>(nullable: false),
                Probability = table.Column<double>(nullable: false),
                ByChance = table.Column<double>(nullable: false),
                IsByScore = table.Column<bool>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_review_selection", row => new { row.PolicyId, row.TaskId })
        );
        migrationBuilder.CreateIndex("IX_review_selection_TaskId", "review_selection", "TaskId");
        migrationBuilder.CreateIndex("IX_review_selection_ModelId", "review_selection", "ModelId");
    }

    private static void Answers(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "review_answer",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                TaskId = table.Column<long>(nullable: false),
                ModelId = table.Column<int>(nullable: false),
                Annotator = table.Column<string>(nullable: false),
                IsRobot = table.Column<bool>(nullable: false),
                Kind = table.Column<int>(nullable: false),
                Value = table.Column<string>(nullable: false),
                Sure = table.Column<double>(nullable: true),
                Note = table.Column<string>(nullable: false),
                IsFlagged = table.Column<bool>(nullable: false),
                Seconds = table.Column<double>(nullable: true),
                IsDecision = table.Column<bool>(nullable: false),
                AtMs = table.Column<long>(nullable: false),
                WithdrawnAtMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_review_answer", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_review_answer_TaskId_Annotator", "review_answer", ["TaskId", "Annotator"]);
        migrationBuilder.CreateIndex("IX_review_answer_ModelId_AtMs", "review_answer", ["ModelId", "AtMs"]);
    }
}
