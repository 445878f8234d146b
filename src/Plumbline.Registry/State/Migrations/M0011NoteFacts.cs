using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>What the server notes of an incident is kept as facts; its words are made when it is read.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0011_note_facts")]
public sealed class M0011NoteFacts : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("Facts", "incident_note", nullable: true);
}
