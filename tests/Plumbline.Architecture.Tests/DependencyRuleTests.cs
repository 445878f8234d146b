using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Plumbline.Architecture.Tests;

/// <summary>Who may know whom. The rules are data; ARCHITECTURE.md explains them.</summary>
public sealed partial class DependencyRuleTests
{
    private static readonly Dictionary<string, string[]> AllowedProjects = new(StringComparer.Ordinal)
    {
        ["Plumbline.Statistics"] = [],
        ["Plumbline.Events"] = [],
        ["Plumbline.Store"] = ["Plumbline.Events"],
        ["Plumbline.Server"] = ["Plumbline.Statistics", "Plumbline.Events", "Plumbline.Store"],
    };

    /// <summary>Folders of the server that a folder must not mention, each with what would break.</summary>
    private static readonly (string Folder, string[] MustNotKnow)[] ForbiddenFolders =
    [
        ("Models", ["Ingestion", "Profiles", "References", "Metrics", "Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Explore", "Ui", "Demo", "Cli"]),
        ("Profiles", ["Metrics", "Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("References", ["Metrics", "Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Metrics", ["Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Drift", ["Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Quality", ["Drift", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Outputs", ["Drift", "Quality", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Performance", ["Drift", "Quality", "Outputs", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("SystemLayer", ["Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "Ui", "Demo", "Cli"]),
        ("Ingestion", ["Metrics", "Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Samples", ["Ingestion", "Metrics", "Drift", "Quality", "Outputs", "Performance", "Estimation", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Estimation", ["Ingestion", "Drift", "Quality", "Outputs", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Multivariate", ["Ingestion", "Drift", "Quality", "Outputs", "Performance", "Estimation", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Outcomes", ["Drift", "Quality", "Outputs", "Multivariate", "SystemLayer", "Ui", "Demo", "Cli"]),
        ("Segments", ["Ingestion", "Drift", "Quality", "Outputs", "Multivariate", "SystemLayer", "Alerting", "Ui", "Demo", "Cli"]),
        ("State", ["Ingestion", "Profiles", "Metrics", "Drift", "Ui", "Demo", "Cli"]),
    ];

    private static readonly string[] ForbiddenNames = ["Core", "Common", "Shared", "Domain", "Infrastructure", "Utils"];

    [Fact]
    public void Projects_reference_only_what_the_rules_allow()
    {
        foreach (var (project, allowed) in AllowedProjects)
        {
            var file = Path.Combine(Repository.Root, "src", project, project + ".csproj");
            var references = XDocument.Load(file).Descendants("ProjectReference")
                // A build-order dependency brings no types.
                .Where(element => (string?)element.Attribute("ReferenceOutputAssembly") != "false")
                .Select(element => Path.GetFileNameWithoutExtension(((string)element.Attribute("Include")!).Replace('\\', '/')));
            Assert.Empty(references.Except(allowed, StringComparer.Ordinal).Select(reference => $"{project} -> {reference}"));
        }
    }

    [Fact]
    public void Every_source_project_has_a_rule() => Assert.Equal(
        AllowedProjects.Keys.Order(StringComparer.Ordinal),
        Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Capabilities_know_only_what_they_may()
    {
        var violations = new List<string>();
        foreach (var file in Repository.Files(".cs", ".razor").Where(file => file.StartsWith("src/Plumbline.Server/", StringComparison.Ordinal)))
        {
            var folder = file.Split('/')[2];
            var rule = ForbiddenFolders.FirstOrDefault(rule => rule.Folder == folder);
            if (rule.Folder is null) continue;
            violations.AddRange(from line in Repository.Lines(file)
                                from Match match in ServerNamespace().Matches(line)
                                where rule.MustNotKnow.Contains(match.Groups[1].Value, StringComparer.Ordinal)
                                select $"{file}: {match.Value}");
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void Pages_never_touch_the_database()
    {
        var violations = from file in Repository.Files(".cs", ".razor")
                         where file.StartsWith("src/Plumbline.Server/Ui/", StringComparison.Ordinal)
                         from line in Repository.Lines(file)
                         where line.Contains("StateDbContext", StringComparison.Ordinal) || line.Contains("SqlStatement", StringComparison.Ordinal)
                         select $"{file}: {line.Trim()}";
        Assert.Empty(violations);
    }

    [Fact]
    public void No_folder_has_a_name_that_says_nothing()
    {
        var folders = Repository.Files(".cs", ".razor").SelectMany(file => file.Split('/')[..^1]).SelectMany(part => part.Split('.')).Distinct(StringComparer.Ordinal);
        Assert.Empty(folders.Intersect(ForbiddenNames, StringComparer.Ordinal));
    }

    [GeneratedRegex(@"Plumbline\.Server\.([A-Za-z]+)", RegexOptions.NonBacktracking)]
    private static partial Regex ServerNamespace();
}
