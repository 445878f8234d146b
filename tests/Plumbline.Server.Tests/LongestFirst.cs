using Plumbline.Server.Tests.Access;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.Demo;
using Plumbline.Server.Tests.EndToEnd;
using Plumbline.Server.Tests.Ingestion;
using Plumbline.Server.Tests.Outcomes.Sources;
using Plumbline.Server.Tests.RealData;
using Plumbline.Server.Tests.Robustness;
using Plumbline.Server.Tests.State;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Plumbline.Server.Tests.LongestFirst))]

namespace Plumbline.Server.Tests;

/// <summary>
/// A class runs its tests one after the other: those that take longest begin first, so that none is left running alone at the end while
/// the machine waits.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        .. new[]
        {
            typeof(KilledServerTests),
            typeof(DamagedFolderTests),
            typeof(DocumentedCommandsTests),
            typeof(RevocationTests),
            typeof(DemoProcessTests),
            typeof(StateElsewhereTests),
            typeof(StopTests),
            typeof(FuzzTests),
            typeof(FullDiskTests),
        }.Select(type => type.FullName!),
        PostgresCollection.Name,
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
    {
        ArgumentNullException.ThrowIfNull(testCollections);
        return [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName))];
    }

    // A collection of one class is called after it.
    private static int Place(string name)
    {
        var place = Array.FindIndex(Longest, longest => name.Contains(longest, StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
