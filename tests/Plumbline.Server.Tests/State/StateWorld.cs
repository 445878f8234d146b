using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.State;

/// <summary>
/// A state and the services of a whole server on it, none of them started: those that need the engine are not asked for, because a process
/// has one.
/// </summary>
public sealed class StateWorld : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StateWorld(WebApplication app, string folder, StateOptions options) => (_app, Folder, Options) = (app, folder, options);

    public string Folder { get; }

    public StateOptions Options { get; }

    public ModelCatalog Models => Get<ModelCatalog>();

    public static async Task<StateWorld> OpenAsync(string folder, StateOptions options)
    {
        var server = new PlumblineOptions
        {
            DataDirectory = folder,
            Urls = "http://127.0.0.1:0",
            State = options,
        };
        var world = new StateWorld(PlumblineHost.Build(server), folder, options);
        await using var db = await world.OpenAsync();
        await db.MigrateAsync(default);
        await world.Models.LoadAsync(default);
        return world;
    }

    /// <summary>The same state as another process would see it after this one has ended.</summary>
    public async Task<StateWorld> AgainAsync()
    {
        await DisposeAsync();
        return await OpenAsync(Folder, Options);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task<StateDbContext> OpenAsync() => Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();

    public async Task<ModelDefinition> DeclareAsync(string name)
    {
        var specification = new ModelSpecification { Task = "binary", Window = TimeSpan.FromHours(1) };
        var (model, _, errors) = await Models.PutAsync(name, specification, default);
        Assert.Empty(errors);
        return model!;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
