using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;
using Plumbline.Server.Tests.Processes;
using Plumbline.Store.Engine;

namespace Plumbline.Server.Tests.State;

/// <summary>The state as one of the parts that must belong together, on every database that it may be kept in.</summary>
[Collection(StateCollection.Name)]
public sealed class StatePartTests(StateDatabases databases)
{
    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Its_identity_is_written_before_its_tables_and_numbers_go_on_above_those_in_use(StateKind kind)
    {
        if (kind == StateKind.Postgresql)
            StateDatabases.SkipWhenMissing();
        var options = kind == StateKind.Postgresql ? await databases.NewAsync() : new StateOptions();
        var folder = Directory.CreateDirectory(databases.NewFolder()).FullName;
        var part = Part(folder, options);
        Assert.Equal((kind == StateKind.Postgresql, null, false, 0), Of(await part.LookAsync(default)));
        Assert.Empty(Directory.GetFiles(folder));
        await part.WriteAsync(new PartIdentity("abc", 1, 0), default);
        await part.WriteAsync(new PartIdentity("abc", 1, 1), default);
        Assert.Equal((true, new PartIdentity("abc", 1, 1), false, 0), Of(await part.LookAsync(default)));
        Assert.Empty(await part.ModelsAsync(default));
        Assert.Empty(await part.ExpiredAsync(default));

        await using (var world = await StateWorld.OpenAsync(folder, options))
        {
            Assert.Equal((true, new PartIdentity("abc", 1, 1), false, 0), Of(await part.LookAsync(default)));
            await part.RaiseModelNumbersAsync(17, default);
            var model = await world.DeclareAsync("m");
            Assert.Equal(18, model.Id);
            await part.RaiseModelNumbersAsync(3, default);
            var gone = await world.DeclareAsync("gone");
            await world.Models.DeleteAsync("gone", default);
            Assert.Equal((true, new PartIdentity("abc", 1, 1), true, 19), Of(await part.LookAsync(default)));
            Assert.Equal("m", (await part.ModelsAsync(default))[18]);
            Assert.Equal([gone.Id], await part.BeingRemovedAsync(default));
        }

        static (bool, PartIdentity?, bool, int) Of(PartFacts facts) => (facts.Exists, facts.Identity, facts.HasContent, facts.HighestModel);
    }

    [Fact]
    public async Task A_database_serves_one_server_at_a_time()
    {
        StateDatabases.SkipWhenMissing();
        var part = Part(databases.NewFolder(), await databases.NewAsync());
        var held = await part.HoldAsync(default);
        var error = await Assert.ThrowsAsync<DataFolderException>(() => part.HoldAsync(default));
        Assert.Contains("Another server uses the database 'state_", error.Message, StringComparison.Ordinal);
        await held.DisposeAsync();
        await (await part.HoldAsync(default)).DisposeAsync();
    }

    [Fact]
    public async Task A_new_folder_is_refused_a_database_that_belongs_to_another()
    {
        StateDatabases.SkipWhenMissing();
        var (folder, options) = (databases.NewFolder(), await databases.NewAsync());
        var part = Part(folder, options);
        await part.WriteAsync(new PartIdentity("abc", 1, 1), default);
        var instance = new PlumblineOptions { DataDirectory = folder, State = options };
        // Twice: what refuses lets the database go.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = await Assert.ThrowsAsync<DataFolderException>(() =>
                DataParts.OpenAsync(instance, part, TimeProvider.System, NullLogger<EmbeddedColumnStore>.Instance, default)
            );
            Assert.Contains("spool.db is missing", error.Message, StringComparison.Ordinal);
            Assert.Contains("--accept-loss", error.Message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_is_told_in_words()
    {
        StateDatabases.SkipWhenMissing();
        var options = await databases.NewAsync();
        await ToldAsync(options with { Database = "nowhere" }, "\"nowhere\" does not exist");
        await ToldAsync(options with { Password = "wrong" }, "password authentication failed");
        await ToldAsync(options with { Port = FreePort.Find() }, "refused");

        async Task ToldAsync(StateOptions options, string told)
        {
            var part = Part(databases.NewFolder(), options);
            Assert.Equal($"the database '{options.Database}' at 127.0.0.1:{options.Port}", part.Name);
            var error = await Assert.ThrowsAsync<DataFolderException>(() => part.LookAsync(default));
            Assert.Contains($"{part.Name} cannot be used: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(told, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(options.Password!, error.Message, StringComparison.Ordinal);
        }
    }

    private static StatePart Part(string folder, StateOptions options) => new(StatePlace.Of(folder, options), PlumblineHost.StateTables);
}
