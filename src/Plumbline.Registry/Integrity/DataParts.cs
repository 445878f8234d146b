using System.Security.Cryptography;
using Plumbline.Store;
using Plumbline.Store.Engine;

namespace Plumbline.Registry.Integrity;

/// <summary>
/// Opens the data folder: looks at its three parts, refuses those that do not belong together, and raises their generation. Whoever uses a
/// part asks for this first, so that nothing is written into a folder that is refused.
/// </summary>
public sealed class DataParts : IAsyncDisposable
{
    private readonly string _folder;

    private DataParts(string folder, IColumnStore engine, PartIdentity identity, int highestModel)
    {
        _folder = folder;
        Engine = engine;
        Identity = identity;
        HighestModel = highestModel;
    }

    /// <summary>The engine, opened.</summary>
    public IColumnStore Engine { get; }

    /// <summary>What all parts carry now.</summary>
    public PartIdentity Identity { get; }

    /// <summary>The highest number of a model that anything is stored of.</summary>
    public int HighestModel { get; }

    /// <summary>Opens the folder, made when it is not there.</summary>
    /// <exception cref="DataFolderException">Its parts do not belong together, or one is damaged.</exception>
    /// <exception cref="EngineUnavailableException">There is no engine for this platform, or another process holds the folder.</exception>
    public static async Task<DataParts> OpenAsync(InstanceOptions options, TimeProvider time, ILogger<EmbeddedColumnStore> log,
        CancellationToken cancellation)
    {
        var folder = options.DataDirectory;
        var files = LookAtFiles(folder);
        var engineExists = EnginePart.Exists(EngineFolder(folder));
        // What can be refused without the engine is: opening would make a new one.
        if (!engineExists) Refuse(PartsComparison.Compare([.. files, new PartFacts(Part.Engine, Exists: false)]), folder);
        else Refuse([.. PartsComparison.Compare(files).Where(problem => problem.Trouble == PartTrouble.Damaged)], folder);
        var engine = await OpenEngineAsync(options, time, log, cancellation);
        try
        {
            PartFacts[] parts = [.. files, await EnginePart.LookAsync(engine, engineExists, cancellation)];
            Refuse(PartsComparison.Compare(parts), folder);
            var identity = await RaiseAsync(folder, engine, parts, cancellation);
            return new DataParts(folder, engine, identity, parts.Max(part => part.HighestModel));
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>What there is of state.db and spool.db.</summary>
    internal static PartFacts[] LookAtFiles(string folder) =>
        [SqlitePart.Look(Part.State, PathOf(folder, Part.State)), SqlitePart.Look(Part.Spool, PathOf(folder, Part.Spool))];

    internal static string PathOf(string folder, Part part) => Path.Combine(folder, PartTexts.FileOf(part));

    internal static string EngineFolder(string folder) => PathOf(folder, Part.Engine);

    /// <summary>Opens the engine, and says which file is damaged when it is that.</summary>
    internal static async Task<IColumnStore> OpenEngineAsync(InstanceOptions options, TimeProvider time, ILogger<EmbeddedColumnStore> log,
        CancellationToken cancellation)
    {
        var directory = EngineFolder(options.DataDirectory);
        try
        {
            return await EmbeddedColumnStore.OpenAsync(
                new ColumnStoreOptions
                {
                    Directory = directory,
                    MemoryLimitBytes = (long)options.Engine.MemoryMiB << 20,
                    ReadThreads = options.Engine.Connections,
                    WriteThreads = options.Engine.Connections,
                    EndsWithProcess = options.EndsWithProcess,
                },
                time, log, cancellation);
        }
        catch (EngineUnavailableException error) when (EnginePart.DamagedDefinitions(directory) is { Count: > 0 } damaged)
        {
            throw new DataFolderException(
                $"The engine does not open, because these definitions of its tables are damaged: {string.Join(", ", damaged)}. "
                + "Lost without them: the rows of those tables. Put the files back from a backup, or let "
                + $"`plumbline check --data {options.DataDirectory} --accept-loss` set them aside.", error);
        }
        catch (EngineUnavailableException error) when (IsFull(options.DataDirectory))
        {
            throw new DataFolderException(
                $"The engine does not open, because the disk is full. Free some space where {options.DataDirectory} lies, then start "
                + "again; nothing that was acknowledged is lost.", error);
        }
    }

    // Too little for the engine's first files.
    private static bool IsFull(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace < 1 << 20;

    /// <summary>
    /// Begins a generation in all parts, then confirms it in all: only a part that took part in the last start passes the next one.
    /// </summary>
    internal static async Task<PartIdentity> RaiseAsync(string folder, IColumnStore engine, IReadOnlyList<PartFacts> parts,
        CancellationToken cancellation)
    {
        var known = parts.Where(part => part.Identity is not null).ToList();
        var id = PartsComparison.CommonId(parts) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var generation = known.Select(part => part.Identity!.Generation).DefaultIfEmpty(0).Max() + 1;
        var confirmed = known.Select(part => part.Identity!.Confirmed).DefaultIfEmpty(0).Max();
        await WriteAsync(folder, engine, new PartIdentity(id, generation, confirmed), cancellation);
        var identity = new PartIdentity(id, generation, generation);
        await WriteAsync(folder, engine, identity, cancellation);
        return identity;
    }

    /// <summary>Lets models get numbers above all that are in use; the tables of state.db are there by now.</summary>
    public void KeepModelNumbersApart() => SqlitePart.RaiseModelNumbers(PathOf(_folder, Part.State), HighestModel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private static async Task WriteAsync(string folder, IColumnStore engine, PartIdentity identity, CancellationToken cancellation)
    {
        await EnginePart.WriteAsync(engine, identity, cancellation);
        SqlitePart.Write(Part.Spool, PathOf(folder, Part.Spool), identity);
        SqlitePart.Write(Part.State, PathOf(folder, Part.State), identity);
    }

    private static void Refuse(IReadOnlyList<PartProblem> problems, string folder)
    {
        if (problems.Count > 0) throw new DataFolderException(PartTexts.TellAll(problems, folder));
    }
}
