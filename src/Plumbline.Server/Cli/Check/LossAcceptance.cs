using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Integrity;
using Plumbline.Server.Hosting;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Cli.Check;

/// <summary>
/// Lets a folder go on without what is lost. Nothing is deleted: what cannot be used is moved into the folder <c>set-aside-TIME</c>. The
/// parts that remain keep their id and begin a new generation together; models get numbers above all that were ever seen.
/// </summary>
internal sealed class LossAcceptance(PlumblineOptions options, StatePart state, TimeProvider time, FolderReport report) : IDisposable
{
    private readonly string _aside = Path.Combine(
        options.DataDirectory,
        $"set-aside-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}"
    );
    private IColumnStore? _engine;

    private string Folder => options.DataDirectory;

    internal async Task RunAsync(CancellationToken cancellation)
    {
        var existed = EnginePart.Exists(DataParts.EngineFolder(Folder));
        foreach (var file in EnginePart.DamagedDefinitions(DataParts.EngineFolder(Folder)))
            SetAside(file, $"engine-{Path.GetFileName(file)}", "it is damaged; the rows of its table are lost");
        _engine = await OpenAsync(cancellation);
        var others = await DataParts.LookAtOthersAsync(Folder, state, cancellation);
        PartFacts[] parts = [.. others, await EnginePart.LookAsync(_engine, existed, cancellation)];
        var problems = PartsComparison.Compare(parts);
        if (problems.Any(problem => problem.Trouble == PartTrouble.Foreign) && PartsComparison.CommonId(parts) is null)
        {
            throw new DataFolderException(
                "No two parts of the folder belong together, so that nobody can say which ones to keep. Put "
                    + "state.db, spool.db and engine of one folder together."
            );
        }

        var unusable = problems.FirstOrDefault(problem =>
            problem is { Part: Part.State, Trouble: PartTrouble.Foreign or PartTrouble.Damaged }
        );
        if (state.File is null && unusable is not null)
        {
            throw new DataFolderException(
                $"{PartTexts.Tell(unusable, Folder, state.Name)} It is not set aside from here: name an empty "
                    + "database in state.database, and run this again."
            );
        }

        foreach (var problem in problems)
            await AcceptAsync(problem, cancellation);
        await DetachDamagedAsync(cancellation);
        if (problems.Count > 0)
            await GoOnAsync(parts, problems, cancellation);
        await _engine!.DisposeAsync();
        _engine = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _engine?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task AcceptAsync(PartProblem problem, CancellationToken cancellation)
    {
        var name = PartTexts.FileOf(problem.Part);
        var told = PartTexts.Tell(problem, Folder, state.File is null ? state.Name : null);
        if (problem.Trouble == PartTrouble.Missing || (problem.Trouble == PartTrouble.Older && problem.Part != Part.Spool))
        {
            report.Did($"{told} {(problem.Trouble == PartTrouble.Missing ? "A new one was made." : "It is used as it is.")}");
            return;
        }

        // An older spool holds events that may be stored already, and numbers of blocks that were used again since.
        if (problem.Part == Part.Engine)
        {
            await _engine!.DisposeAsync();
            _engine = null;
        }

        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            var path = DataParts.PathOf(Folder, problem.Part) + suffix;
            if (Path.Exists(path))
                SetAside(path, name + suffix, reason: null);
        }

        report.Did($"{told} It was moved to {_aside}, and a new one was made.");
        _engine ??= await OpenAsync(cancellation);
    }

    private async Task GoOnAsync(PartFacts[] before, IReadOnlyList<PartProblem> problems, CancellationToken cancellation)
    {
        var others = await DataParts.LookAtOthersAsync(Folder, state, cancellation);
        PartFacts[] now = [.. others, await EnginePart.LookAsync(_engine!, existed: true, cancellation)];
        await DataParts.RaiseAsync(Folder, state, _engine!, now, cancellation);
        await using (var db = state.Open())
        {
            await db.MigrateAsync(cancellation);
            // What was computed may not be what was declared, or the other way round: the next start computes every window of a model with
            // a baseline again.
            if (problems.Any(problem => problem.Part != Part.Spool))
                await db.Baselines.ExecuteUpdateAsync(set => set.SetProperty(row => row.WindowsMarked, false), cancellation);
        }

        await state.RaiseModelNumbersAsync(before.Concat(now).Max(part => part.HighestModel), cancellation);
    }

    private async Task DetachDamagedAsync(CancellationToken cancellation)
    {
        foreach (var (table, part, message) in await EngineDamage.ReadAllAsync(_engine!, cancellation))
        {
            await EngineDamage.DetachAsync(_engine!, table, part, cancellation);
            report.Did(
                $"The data part {part} of the table {table} is damaged ({message}). It was taken out of the table; its files are "
                    + $"in the table's folder detached."
            );
        }
    }

    private void SetAside(string path, string name, string? reason)
    {
        Directory.CreateDirectory(_aside);
        var target = Path.Combine(_aside, name);
        if (Directory.Exists(path))
            Directory.Move(path, target);
        else
            File.Move(path, target);
        if (reason is not null)
            report.Did($"{path} was moved to {_aside}: {reason}.");
    }

    // Closed again within this process, so not as a server that ends with it.
    private Task<IColumnStore> OpenAsync(CancellationToken cancellation) =>
        DataParts.OpenEngineAsync(options with { EndsWithProcess = false }, time, NullLogger<EmbeddedColumnStore>.Instance, cancellation);
}
