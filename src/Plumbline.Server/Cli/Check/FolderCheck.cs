using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Spooling;
using Plumbline.Server.Hosting;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Cli.Check;

/// <summary>What a check may change.</summary>
/// <param name="Repair">Correct counters.</param>
/// <param name="AcceptLoss">Go on without what is lost: parts that are missing, damaged, foreign or older, and damaged data parts.</param>
/// <param name="DropOrphans">Remove what the engine holds of models that nobody declared.</param>
public sealed record CheckPermissions(bool Repair, bool AcceptLoss, bool DropOrphans);

/// <summary>
/// Looks at the data folder of a server that does not run: identities, every page and data part, counters against rows, what belongs to no
/// model.
/// </summary>
internal sealed class FolderCheck(PlumblineOptions options, CheckPermissions may, TimeProvider time)
{
    private readonly FolderReport _report = new();

    private readonly StatePart _state = new(options.StatePlace, PlumblineHost.StateTables);

    private string Folder => options.DataDirectory;

    /// <summary>Looks, and changes what it may.</summary>
    /// <exception cref="EngineUnavailableException">The engine cannot be opened, for example because the server runs.</exception>
    public async Task<FolderReport> RunAsync(CancellationToken cancellation)
    {
        if (
            !Directory.Exists(Folder)
            || !(
                Enum.GetValues<Part>().Any(part => File.Exists(DataParts.PathOf(Folder, part)))
                || EnginePart.Exists(DataParts.EngineFolder(Folder))
            )
        )
        {
            throw new DataFolderException($"{Path.GetFullPath(Folder)} holds no data of Plumbline. Name the folder with --data.");
        }

        if (may.AcceptLoss)
        {
            using var acceptance = new LossAcceptance(options, _state, time, _report);
            await acceptance.RunAsync(cancellation);
        }

        await LookAsync(cancellation);
        return _report;
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var files = await DataParts.LookAtOthersAsync(Folder, _state, cancellation);
        var engineExists = EnginePart.Exists(DataParts.EngineFolder(Folder));
        if (!engineExists)
        {
            Compare([.. files, new PartFacts(Part.Engine, Exists: false)]);
            return;
        }

        await using var engine = await DataParts.OpenEngineAsync(options, time, NullLogger<EmbeddedColumnStore>.Instance, cancellation);
        PartFacts[] parts = [.. files, await EnginePart.LookAsync(engine, existed: true, cancellation)];
        var fits = Compare(parts);
        await LookAtRowsAsync(engine, fits, cancellation);
    }

    private bool Compare(PartFacts[] parts)
    {
        foreach (var part in parts)
        {
            var identity = part.Identity is { } known
                ? string.Create(CultureInfo.InvariantCulture, $"id {known.StoreId}, generation {known.Generation}")
                : "no identity";
            var stands =
                !part.Exists ? "missing"
                : part.Damage is not null ? "damaged"
                : identity;
            var name = part.Part == Part.State && _state.File is null ? _state.Name : PartTexts.FileOf(part.Part);
            _report.Looked($"{name, -10} {stands}");
        }

        var problems = PartsComparison.Compare(parts);
        foreach (var problem in problems)
            _report.Problem(PartTexts.Tell(problem, Folder, _state.File is null ? _state.Name : null));
        return problems.Count == 0;
    }

    private async Task LookAtRowsAsync(IColumnStore engine, bool fits, CancellationToken cancellation)
    {
        var models = fits ? await _state.ModelsAsync(cancellation) : [];
        string NameOf(int id) => models.GetValueOrDefault(id) ?? $"number {id}";
        foreach (var (table, part, message) in await EngineDamage.ReadAllAsync(engine, cancellation))
        {
            _report.Problem(
                $"The data part {part} of {TableNames.Describe(table, id => models.GetValueOrDefault(id))} is damaged: "
                    + $"{message} Its rows are lost. Put it back from a backup, or let `plumbline check --accept-loss` take it out of the "
                    + $"table (its files stay in the table's folder detached)."
            );
        }

        foreach (
            var aside in await EngineDamage.SetAsideAsync(
                engine,
                table => TableNames.Describe(table, id => models.GetValueOrDefault(id)),
                cancellation
            )
        )
        {
            _report.Problem(aside);
        }

        var usage = await engine.ReadUsageAsync(cancellation);
        _report.Looked(
            string.Create(
                CultureInfo.InvariantCulture,
                $"engine     {usage.Rows:N0} rows, {usage.DiskBytes:N0} bytes, all data parts read and compared with their checksums"
            )
        );
        if (!fits)
            return;
        await CompareCountersAsync(engine, models.Keys, NameOf, cancellation);
        await LookForOrphansAsync(engine, [.. models.Keys, .. await _state.BeingRemovedAsync(cancellation)], cancellation);
    }

    private async Task CompareCountersAsync(
        IColumnStore engine,
        IReadOnlyCollection<int> models,
        Func<int, string> nameOf,
        CancellationToken cancellation
    )
    {
        await using var spool = Spool.Open(new SpoolOptions { Path = DataParts.PathOf(Folder, Part.Spool) }, time);
        foreach (var facts in await CounterCheck.ReadAsync(spool, engine, models, await _state.ExpiredAsync(cancellation), cancellation))
        {
            var waiting = spool.Counters(facts.ModelId, facts.Kind).InSpool;
            var more =
                (facts.Merged > 0 ? string.Create(CultureInfo.InvariantCulture, $", {facts.Merged:N0} of them made of parts") : "")
                + (waiting > 0 ? string.Create(CultureInfo.InvariantCulture, $", {waiting:N0} in the spool") : "");
            _report.Looked(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"model '{nameOf(facts.ModelId)}': {CounterCheck.WordOf(facts.Kind)} {facts.Counted:N0} counted, "
                        + $"{facts.Rows:N0} in the "
                        + $"engine{more}"
                )
            );
            // What an interrupted deletion took is counted at the next start.
            if (facts.Agree || facts.Uncounted > 0)
                continue;
            var told = CounterCheck.Tell(facts, nameOf(facts.ModelId));
            if (may.Repair || may.AcceptLoss)
            {
                await CounterCheck.CorrectAsync(spool, facts);
                _report.Did($"{told} The counters were corrected.");
            }
            else
            {
                _report.Problem($"{told} `plumbline check --repair` corrects the counters, and so does the next start of the server.");
            }
        }
    }

    private async Task LookForOrphansAsync(IColumnStore engine, HashSet<int> known, CancellationToken cancellation)
    {
        var orphans = (await EnginePart.ModelTableNamesAsync(engine, cancellation))
            .Where(table => !known.Contains(EnginePart.ModelOf(table)))
            .ToList();
        var numbers = orphans.Select(EnginePart.ModelOf).ToHashSet();
        foreach (var table in ModelTables.SharedTables)
        {
            using var rows = await engine.QueryAsync(new SqlStatement($"SELECT DISTINCT model_id FROM {table}"), cancellation);
            while (rows.Read())
            {
                if ((int)rows.ReadUInt32() is var id && !known.Contains(id))
                    numbers.Add(id);
            }
        }

        if (numbers.Count == 0)
            return;
        if (may.DropOrphans)
        {
            var tables = new ModelTables(engine);
            foreach (var id in numbers)
                await tables.DropAsync(id, cancellation);
            _report.Did(
                string.Create(CultureInfo.InvariantCulture, $"Removed what the engine held of {numbers.Count} models that nobody declared.")
            );
        }
        else
        {
            _report.Problem(
                orphans.Count > 0
                    ? TableNames.TellOrphans(orphans)
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"The engine holds rows of {numbers.Count} models that nobody declared; `plumbline check --drop-orphans` "
                            + $"removes them."
                    )
            );
        }
    }
}
