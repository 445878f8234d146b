using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Plumbline.Registry.State;

/// <summary>
/// Lets writers of a PostgreSQL database wait for one another, as writers of a SQLite file do: who reads and then writes in a transaction
/// relies on nothing being changed in between, and two that lock rows in different orders never meet. The state is small and written
/// seldom; the lock ends with its transaction.
/// </summary>
internal static class OneWriter
{
    // "plumb" and a number, see PostgreSqlDialect.
    private const string Wait = "SELECT pg_advisory_xact_lock(x'706C756D6202'::bigint)";

    /// <summary>Transactions, saved rows, and statements that stand alone.</summary>
    internal static IReadOnlyList<IInterceptor> Interceptors { get; } = [new OfTransactions(), new OfSaving(), new OfStatements()];

    private sealed class OfTransactions : DbTransactionInterceptor
    {
        public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
        {
            using var command = Command(connection, result);
            command.ExecuteNonQuery();
            return result;
        }

        public override async ValueTask<DbTransaction> TransactionStartedAsync(
            DbConnection connection,
            TransactionEndEventData eventData,
            DbTransaction result,
            CancellationToken cancellationToken = default
        )
        {
            await using var command = Command(connection, result);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }

        private static DbCommand Command(DbConnection connection, DbTransaction transaction)
        {
            var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (Wait, transaction);
            return command;
        }
    }

    // A single row would be saved without a transaction, and so without the lock.
    private sealed class OfSaving : SaveChangesInterceptor
    {
        public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        {
            eventData.Context!.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
            return result;
        }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default
        ) => ValueTask.FromResult(SavingChanges(eventData, result));
    }

    private sealed class OfStatements : DbCommandInterceptor
    {
        public override InterceptionResult<int> NonQueryExecuting(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<int> result
        )
        {
            WaitFirst(command, eventData);
            return result;
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default
        )
        {
            WaitFirst(command, eventData);
            return ValueTask.FromResult(result);
        }

        // Both go to the server together and are one transaction of their own there.
        private static void WaitFirst(DbCommand command, CommandEventData eventData)
        {
            var writes =
                eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;
            if (writes && command.Transaction is null)
                command.CommandText = $"{Wait}; {command.CommandText}";
        }
    }
}
