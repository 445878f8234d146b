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
    private readonly StatePart _state;
    private readonly IAsyncDisposable _held;

    private DataParts(StatePart state, IAsyncDisposable held, IColumnStore engine, PartIdentity identity, int highestModel)
    {
        (_state, _held) = (state, held);
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

    /// <summary>Opens the folder, made when it is not there, and the state that belongs to it.</summary>
    /// <exception cref="DataFolderException">Its parts do not belong together, or one is damaged.</exception>
    /// <exception cref="EngineUnavailableException">There is no engine for this platform, or another process holds the folder.</exception>
    public static async Task<DataParts> OpenAsync(
        InstanceOptions options,
        StatePart state,
        TimeProvider time,
        ILogger<EmbeddedColumnStore> log,
        CancellationToken cancellation
    )
    {
        var folder = options.DataDirectory;
        IColumnStore? engine = null;
        var held = await state.HoldAsync(cancellation);
        try
        {
            var others = await LookAtOthersAsync(folder, state, cancellation);
            var engineExists = EnginePart.Exists(EngineFolder(folder));
            // What can be refused without the engine is: opening would make a new one.
            if (!engineExists)
                Refuse(PartsComparison.Compare([.. others, new PartFacts(Part.Engine, Exists: false)]), folder, state);
            else
                Refuse([.. PartsComparison.Compare(others).Where(problem => problem.Trouble == PartTrouble.Damaged)], folder, state);
            engine = await OpenEngineAsync(options, time, log, cancellation);
            PartFacts[] parts = [.. others, await EnginePart.LookAsync(engine, engineExists, cancellation)];
            Refuse(PartsComparison.Compare(parts), folder, state);
            var identity = await RaiseAsync(folder, state, engine, parts, cancellation);
            return new DataParts(state, held, engine, identity, parts.Max(part => part.HighestModel));
        }
        catch
        {
            if (engine is not null)
                await engine.DisposeAsync();
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>What there is of the state and of spool.db.</summary>
    internal static async Task<PartFacts[]> LookAtOthersAsync(string folder, StatePart state, CancellationToken cancellation) =>
        [await state.LookAsync(cancellation), SpoolPart.Look(PathOf(folder, Part.Spool))];

    internal static string PathOf(string folder, Part part) => Path.Combine(folder, PartTexts.FileOf(part));

    internal static string EngineFolder(string folder) => PathOf(folder, Part.Engine);

    /// <summary>Opens the engine, and says which file is damaged when it is that.</summary>
    internal static async Task<IColumnStore> OpenEngineAsync(
        InstanceOptions options,
        TimeProvider time,
        ILogger<EmbeddedColumnStore> log,
        CancellationToken cancellation
    )
    {
        var directory = EngineFolder(options.DataDirectory);
        // Before the engine writes: a definition that it began on a full disk would be an empty file, which says nothing of the disk.
        if (IsFull(options.DataDirectory))
            throw Full(options.DataDirectory, cause: null);
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
                time,
                log,
                cancellation
            );
        }
        catch (EngineUnavailableException error) when (EnginePart.DamagedDefinitions(directory) is { Count: > 0 } damaged)
        {
            throw new DataFolderException(
                $"The engine does not open, because these definitions of its tables are damaged: {string.Join(", ", damaged)}. "
                    + "Lost without them: the rows of those tables. Put the files back from a backup, or let "
                    + $"`plumbline check --data {options.DataDirectory} --accept-loss` set them aside.",
                error
            );
        }
        catch (EngineUnavailableException error) when (IsFull(options.DataDirectory))
        {
            throw Full(options.DataDirectory, error);
        }
    }

    private static DataFolderException Full(string folder, Exception? cause) =>
        new(
            $"The engine does not open, because the disk is full. Free some space where {folder} lies, then start again; nothing that "
                + "was acknowledged is lost.",
            cause
        );

    // Too little for the engine's first files.
    private static bool IsFull(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace < 1 << 20;

    /// <summary>
    /// Begins a generation in all parts, then confirms it in all: only a part that took part in the last start passes the next one.
    /// </summary>
    internal static async Task<PartIdentity> RaiseAsync(
        string folder,
        StatePart state,
        IColumnStore engine,
        IReadOnlyList<PartFacts> parts,
        CancellationToken cancellation
    )
    {
        var known = parts.Where(part => part.Identity is not null).ToList();
        var id = PartsComparison.CommonId(parts) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var generation = known.Select(part => part.Identity!.Generation).DefaultIfEmpty(0).Max() + 1;
        var confirmed = known.Select(part => part.Identity!.Confirmed).DefaultIfEmpty(0).Max();
        await WriteAsync(folder, state, engine, new PartIdentity(id, generation, confirmed), cancellation);
        var identity = new PartIdentity(id, generation, generation);
        await WriteAsync(folder, state, engine, identity, cancellation);
        return identity;
    }

    /// <summary>Lets models get numbers above all that are in use; the tables of the state are there by now.</summary>
    public Task KeepModelNumbersApartAsync(CancellationToken cancellation) => _state.RaiseModelNumbersAsync(HighestModel, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _held.DisposeAsync();
    }

    private static async Task WriteAsync(
        string folder,
        StatePart state,
        IColumnStore engine,
        PartIdentity identity,
        CancellationToken cancellation
    )
    {
        await EnginePart.WriteAsync(engine, identity, cancellation);
        SpoolPart.Write(PathOf(folder, Part.Spool), identity);
        await state.WriteAsync(identity, cancellation);
    }

    private static void Refuse(IReadOnlyList<PartProblem> problems, string folder, StatePart state)
    {
        if (problems.Count > 0)
            throw new DataFolderException(PartTexts.TellAll(problems, folder, state.File is null ? state.Name : null));
    }
}
