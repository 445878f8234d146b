using System.Xml.Linq;

namespace Plumbline.Architecture.Tests;

/// <summary>Who may know whom. The rules are data; ARCHITECTURE.md explains them.</summary>
public sealed class DependencyRuleTests
{
    // What a project may reference. Later capabilities attach to the registry, to ingestion and to monitoring, never to the dashboard.
    private static readonly Dictionary<string, string[]> AllowedProjects = new(StringComparer.Ordinal)
    {
        ["Plumbline.Statistics"] = [],
        ["Plumbline.Events"] = [],
        ["Plumbline.Store"] = [],
        ["Plumbline.Registry"] = ["Plumbline.Events", "Plumbline.Store"],
        ["Plumbline.Ingestion"] = ["Plumbline.Registry", "Plumbline.Events", "Plumbline.Store"],
        ["Plumbline.Monitoring"] = ["Plumbline.Registry", "Plumbline.Store", "Plumbline.Statistics"],
        ["Plumbline.Alerting"] = ["Plumbline.Monitoring", "Plumbline.Registry"],
        ["Plumbline.Review"] = ["Plumbline.Alerting", "Plumbline.Ingestion", "Plumbline.Monitoring"],
        ["Plumbline.Exposition"] = ["Plumbline.Alerting", "Plumbline.Ingestion", "Plumbline.Monitoring"],
        ["Plumbline.Dashboard"] = ["Plumbline.Alerting", "Plumbline.Monitoring", "Plumbline.Ingestion", "Plumbline.Review"],
        ["Plumbline.Server"] =
        [
            "Plumbline.Dashboard",
            "Plumbline.Exposition",
            "Plumbline.Alerting",
            "Plumbline.Monitoring",
            "Plumbline.Ingestion",
            "Plumbline.Registry",
        ],
    };

    private static readonly Lazy<FolderGraph> Graph = new(FolderGraph.Read);

    private const string FoldersFile = "folders.txt";

    private static readonly string[] ForbiddenNames = ["Core", "Common", "Shared", "Domain", "Infrastructure", "Utils"];

    [Fact]
    public void Projects_reference_only_what_the_rules_allow()
    {
        foreach (var (project, allowed) in AllowedProjects)
            Assert.Empty(References(project).Except(allowed, StringComparer.Ordinal).Select(reference => $"{project} -> {reference}"));
    }

    [Fact]
    public void The_picture_of_the_projects_shows_their_references()
    {
        const string Arrow = " --> ";
        var drawn = Repository
            .Lines("ARCHITECTURE.md")
            .Where(line => line.Contains(Arrow, StringComparison.Ordinal))
            .Select(line => line.Trim());
        // What the executable takes through the pages is not drawn.
        var declared =
            from project in AllowedProjects
            from reference in References(project.Key)
            where project.Key != "Plumbline.Server" || reference is "Plumbline.Dashboard" or "Plumbline.Exposition"
            select $"{project.Key["Plumbline.".Length..]}{Arrow}{reference["Plumbline.".Length..]}";
        Assert.Equal(declared.Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_source_project_has_a_rule() =>
        Assert.Equal(
            AllowedProjects.Keys.Order(StringComparer.Ordinal),
            Directory
                .GetDirectories(Path.Combine(Repository.Root, "src"))
                .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void A_folder_uses_only_the_folders_on_its_line()
    {
        var listed = Repository.Lines($"tests/Plumbline.Architecture.Tests/{FoldersFile}");
        var found = Graph.Value.Folders.Select(folder => $"{folder.Folder} -> {string.Join(", ", folder.Uses)}".TrimEnd()).ToList();
        // A use that is gone leaves the list too: it would let the next one in unseen.
        Assert.True(
            listed.SequenceEqual(found, StringComparer.Ordinal),
            $"""
            Folders use others than {FoldersFile} lists. If a new use is right, and goes the way the house goes, change the line;
            a new folder gets a line of its own.
            listed, not found: {string.Join(" | ", listed.Except(found, StringComparer.Ordinal))}
            found, not listed: {string.Join(" | ", found.Except(listed, StringComparer.Ordinal))}
            """
        );
    }

    [Fact]
    public void No_folders_lead_to_one_another_in_a_circle() =>
        Assert.Empty(Graph.Value.Circles().Select(circle => string.Join(", ", circle)));

    [Fact]
    public void Pages_never_touch_the_database()
    {
        var violations =
            from file in Repository.Files(".cs", ".razor")
            where file.StartsWith("src/Plumbline.Dashboard/", StringComparison.Ordinal)
            from line in Repository.Lines(file)
            where line.Contains("StateDbContext", StringComparison.Ordinal) || line.Contains("SqlStatement", StringComparison.Ordinal)
            select $"{file}: {line.Trim()}";
        Assert.Empty(violations);
    }

    [Fact]
    public void No_folder_has_a_name_that_says_nothing()
    {
        var folders = Repository
            .Files(".cs", ".razor")
            .SelectMany(file => file.Split('/')[..^1])
            .SelectMany(part => part.Split('.'))
            .Distinct(StringComparer.Ordinal);
        Assert.Empty(folders.Intersect(ForbiddenNames, StringComparer.Ordinal));
    }

    private static IEnumerable<string> References(string project) =>
        XDocument
            .Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            // A build-order dependency brings no types.
            .Where(element => (string?)element.Attribute("ReferenceOutputAssembly") != "false")
            .Select(element => Path.GetFileNameWithoutExtension(((string)element.Attribute("Include")!).Replace('\\', '/')));
}
