using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Cli.Accounts;

/// <summary>
/// The accounts of a data folder, opened as a server opens it: no other process has it meanwhile, its parts belong together, and its state
/// is up to date.
/// </summary>
internal sealed class AccountFolder : IDbContextFactory<StateDbContext>, IAsyncDisposable
{
    private readonly StatePart _state;
    private readonly DataParts _parts;
    private readonly KeyStore _known;
    private readonly ApiKeyCatalog _keys;

    private AccountFolder(StatePart state, DataParts parts, AccessOptions access, TimeProvider time)
    {
        (_state, _parts) = (state, parts);
        _known = new KeyStore(access, time);
        _keys = new ApiKeyCatalog(this, access, _known, time, NullLogger<ApiKeyCatalog>.Instance);
        Accounts = new AccountStore(this, _known, time, NullLogger<AccountStore>.Instance);
    }

    public AccountStore Accounts { get; }

    /// <param name="options">Valid options.</param>
    /// <param name="mayMake">Whether a folder that holds nothing yet is made.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataFolderException">It holds nothing, or its parts do not belong together.</exception>
    /// <exception cref="Store.EngineUnavailableException">A server has it.</exception>
    public static async Task<AccountFolder> OpenAsync(
        PlumblineOptions options,
        bool mayMake,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!mayMake && options.StatePlace.File is { } file && !File.Exists(file))
        {
            throw new DataFolderException(
                $"{Path.GetFullPath(options.DataDirectory)} holds no data of Plumbline. Name the folder with --data."
            );
        }

        DataFolder.Prepare(options.DataDirectory);
        var state = new StatePart(options.StatePlace, PlumblineHost.StateTables);
        var parts = await DataParts.OpenAsync(options, state, time, NullLogger<EmbeddedColumnStore>.Instance, cancellation);
        try
        {
            await using (var db = state.Open())
            {
                await db.MigrateAsync(cancellation);
                await db.Dialect.KeepDurableAsync(db, cancellation);
            }

            await parts.KeepModelNumbersApartAsync(cancellation);
            var folder = new AccountFolder(state, parts, options.Access, time);
            await folder.Accounts.LoadAsync(cancellation);
            await folder._keys.LoadAsync(cancellation);
            return folder;
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public StateDbContext CreateDbContext() => _state.Open();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Accounts.Dispose();
        _keys.Dispose();
        _known.Dispose();
        await _parts.DisposeAsync();
    }
}
