using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>
/// A migration for every database that the state can be kept in: columns name no type, so that each takes its own, and what else one of
/// them needs is completed by its dialect.
/// </summary>
public abstract class StateMigration : Migration
{
    /// <inheritdoc/>
    public override IReadOnlyList<MigrationOperation> UpOperations
    {
        get
        {
            var operations = base.UpOperations;
            StateDialect.Of(ActiveProvider).Complete(operations);
            return operations;
        }
    }
}
