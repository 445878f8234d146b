using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>The outbox of notifications, deliveries, receivers and silences.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0003_delivery")]
public sealed class M0003Delivery : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateOutbox(migrationBuilder);
        CreateDeliveries(migrationBuilder);
        CreateDeclarations(migrationBuilder);
    }

    private static void CreateOutbox(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "notification",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Key = table.Column<string>(nullable: false),
                IncidentId = table.Column<long>(nullable: true),
                Model = table.Column<string>(nullable: false),
                Kind = table.Column<int>(nullable: false),
                Content = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                RoutedAtMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_notification", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_notification_RoutedAtMs", "notification", "RoutedAtMs");
        migrationBuilder.CreateIndex("IX_notification_IncidentId", "notification", "IncidentId");
    }

    private static void CreateDeliveries(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "delivery",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Receiver = table.Column<string>(nullable: false),
                Key = table.Column<string>(nullable: false),
                GroupKey = table.Column<string>(nullable: false),
                Model = table.Column<string>(nullable: false),
                State = table.Column<int>(nullable: false),
                IsDigest = table.Column<bool>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                DueAtMs = table.Column<long>(nullable: false),
                SealedAtMs = table.Column<long>(nullable: true),
                Attempts = table.Column<int>(nullable: false),
                LastAttemptMs = table.Column<long>(nullable: true),
                FinishedAtMs = table.Column<long>(nullable: true),
                Detail = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_delivery", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_delivery_State_DueAtMs", "delivery", ["State", "DueAtMs"]);
        migrationBuilder.CreateIndex("IX_delivery_Receiver_State", "delivery", ["Receiver", "State"]);
        migrationBuilder.CreateTable(
            "delivery_item",
            table => new
            {
                DeliveryId = table.Column<long>(nullable: false),
                NotificationId = table.Column<long>(nullable: false),
                Receiver = table.Column<string>(nullable: false),
                Key = table.Column<string>(nullable: false),
                IncidentId = table.Column<long>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_delivery_item", row => new { row.DeliveryId, row.NotificationId });
                table.ForeignKey(
                    "FK_delivery_item_delivery_DeliveryId",
                    row => row.DeliveryId,
                    "delivery",
                    "Id",
                    onDelete: ReferentialAction.Cascade
                );
            }
        );
        migrationBuilder.CreateIndex("IX_delivery_item_Receiver_Key", "delivery_item", ["Receiver", "Key"]);
        migrationBuilder.CreateIndex("IX_delivery_item_IncidentId", "delivery_item", "IncidentId");
    }

    private static void CreateDeclarations(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "receiver",
            table => new
            {
                Name = table.Column<string>(nullable: false),
                Specification = table.Column<string>(nullable: false),
                Secrets = table.Column<string>(nullable: true),
                ChangedAtMs = table.Column<long>(nullable: false),
                ChangedBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_receiver", row => row.Name)
        );
        migrationBuilder.CreateTable(
            "reminded_alert",
            table => new
            {
                Receiver = table.Column<string>(nullable: false),
                Identity = table.Column<string>(nullable: false),
                IncidentId = table.Column<long>(nullable: true),
                Content = table.Column<string>(nullable: false),
                DueAtMs = table.Column<long>(nullable: false),
                ResolvedAtMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_reminded_alert", row => new { row.Receiver, row.Identity })
        );
        migrationBuilder.CreateTable(
            "silence",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Specification = table.Column<string>(nullable: false),
                StartsAtMs = table.Column<long>(nullable: false),
                EndsAtMs = table.Column<long>(nullable: true),
                CreatedBy = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_silence", row => row.Id)
        );
    }
}
