using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Accounts of people, and API keys that are made while the server runs.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0013_accounts")]
public sealed class M0013Accounts : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "account",
            table => new
            {
                Key = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                DisplayName = table.Column<string>(nullable: false),
                Role = table.Column<string>(nullable: false),
                Models = table.Column<string>(nullable: false),
                PasswordHash = table.Column<string>(nullable: false),
                Enabled = table.Column<bool>(nullable: false),
                Stamp = table.Column<string>(nullable: false),
                CreatedAtMs = table.Column<long>(nullable: false),
                CreatedBy = table.Column<string>(nullable: false),
                LastSignInMs = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_account", row => row.Key)
        );
        migrationBuilder.CreateTable(
            "api_key",
            table => new
            {
                Key = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Sha256 = table.Column<string>(nullable: false),
                Role = table.Column<string>(nullable: false),
                Models = table.Column<string>(nullable: false),
                ExpiresAtMs = table.Column<long>(nullable: true),
                CreatedAtMs = table.Column<long>(nullable: false),
                CreatedBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_api_key", row => row.Key)
        );
    }
}
