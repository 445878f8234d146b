using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Spooling;
using Plumbline.Store;

namespace Plumbline.Registry.Integrity;

/// <summary>
/// What is looked at when the parts of the folder belong together: counters against rows, damaged data parts, what belongs to no model.
/// </summary>
public static class IntegritySetup
{
    /// <summary>
    /// The state database is brought up to date and read before anything else starts: call it before other hosted services are added.
    /// </summary>
    public static IServiceCollection AddStatePreparation(this IServiceCollection services) =>
        services.AddSingleton<StatePreparation>().AddHostedService<StateStart>();

    public static IServiceCollection AddIntegrity(this IServiceCollection services) =>
        services.AddSingleton<IntegrityFindings>().AddExceptionHandler<StoredDamage.Answer>().AddHostedService<IntegrityStart>();

    /// <summary>After the models are read and before anything is stored.</summary>
    private sealed class IntegrityStart(
        Spool spool,
        IColumnStore store,
        ModelCatalog catalog,
        RetentionStore retention,
        IntegrityFindings findings,
        ILogger<IntegrityFindings> log
    ) : StartupStep
    {
        public override async Task StartingAsync(CancellationToken cancellationToken)
        {
            // Those of the spool, which was read before.
            foreach (var finding in findings.Found)
                log.Found(finding);
            try
            {
                foreach (
                    var facts in await CounterCheck.ReadAsync(
                        spool,
                        store,
                        [.. catalog.All.Select(model => model.Id)],
                        retention.All,
                        cancellationToken
                    )
                )
                {
                    if (facts.Uncounted > 0)
                    {
                        await retention.AddUncountedAsync(facts.ModelId, EventRows.Of(facts.Kind), facts.Uncounted, cancellationToken);
                        continue;
                    }

                    if (facts.Agree)
                        continue;
                    Report(CounterCheck.Tell(facts, catalog.Find(facts.ModelId)!.Name));
                    await CounterCheck.CorrectAsync(spool, facts);
                }

                foreach (
                    var part in await EngineDamage.SetAsideAsync(
                        store,
                        table => TableNames.Describe(table, id => catalog.Find(id)?.Name),
                        cancellationToken
                    )
                )
                {
                    Report(part);
                }

                await ReportOrphansAsync(cancellationToken);
            }
            catch (EngineException error)
            {
                // What cannot be read now will be told where it is needed; the rest of the server can go on.
                Report(
                    $"The engine could not be compared with the counters, something in it may be damaged: {error.Message} Stop the "
                        + "server and run `plumbline check`."
                );
            }
        }

        private async Task ReportOrphansAsync(CancellationToken cancellation)
        {
            var known = catalog
                .All.Select(model => model.Id)
                .Concat((await catalog.BeingRemovedAsync(cancellation)).Select(model => model.Id))
                .ToHashSet();
            var orphans = (await EnginePart.ModelTableNamesAsync(store, cancellation))
                .Where(table => !known.Contains(EnginePart.ModelOf(table)))
                .ToList();
            if (orphans.Count > 0)
                Report(TableNames.TellOrphans(orphans));
        }

        private void Report(string finding)
        {
            if (findings.Add(finding))
                log.Found(finding);
        }
    }
}
