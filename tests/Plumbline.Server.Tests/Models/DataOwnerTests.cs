using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Models;

/// <summary>Everything that is kept of a model has one owner, so that nothing is forgotten when it is deleted, aged, exported.</summary>
public sealed class DataOwnerTests(TestHost host)
{
    // The catalogue's own, which know of the deletion.
    private static readonly string[] OfTheCatalogue = ["dirty_window", "model_removal", "model_version"];

    private List<DataDescription> Descriptions => [.. host.Services.GetServices<IDataOwner>().Select(owner => owner.Description)];

    [Fact]
    public void Owners_have_names_of_their_own_and_say_what_they_keep()
    {
        Assert.Distinct(Descriptions.Select(kept => kept.Name));
        Assert.All(Descriptions, kept => Assert.NotEmpty(kept.What));
        Assert.Equal(
            [EventRows.GroundTruth, EventRows.MetricPoints, EventRows.Predictions, EventRows.Profiles, EventRows.Signals],
            Descriptions.Where(kept => kept.Period is not null).Select(kept => kept.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Every_table_of_the_state_that_knows_a_model_has_one_owner()
    {
        await using var db = await host.Get<IDbContextFactory<StateDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        var tables = db
            .Model.GetEntityTypes()
            .Where(type => type.FindProperty("ModelId") is not null)
            .Select(type => type.GetTableName()!)
            .Except(OfTheCatalogue)
            // It knows its incident alone.
            .Append("incident_note");
        Assert.Equal(tables.Order(StringComparer.Ordinal), Owned(DataPlace.State));
    }

    [Fact]
    public void Every_shared_table_of_the_engine_has_one_owner() =>
        Assert.Equal(ModelTables.SharedTables.Order(StringComparer.Ordinal), Owned(DataPlace.Engine));

    private IEnumerable<string> Owned(DataPlace place) =>
        Descriptions.Where(kept => kept.Place == place).SelectMany(kept => kept.Tables).Order(StringComparer.Ordinal);
}
