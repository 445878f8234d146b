using System.Text.RegularExpressions;

namespace Plumbline.Architecture.Tests;

/// <summary>Documents are executed or they lie: at least their links must lead somewhere.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken =
            from file in Repository.Files(".md")
            from line in Repository.Lines(file)
            from Match link in RelativeLink().Matches(line)
            let link0 = link.Groups[1].Value.Split('#')[0]
            where
                link0.Length > 0
                && !link0.Contains("://", StringComparison.Ordinal)
                && !link0.StartsWith("mailto:", StringComparison.Ordinal)
            let path = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, link0)
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{file}: {link0}";
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    public void The_documents_that_a_newcomer_looks_for_are_there(string file) =>
        Assert.True(new FileInfo(Path.Combine(Repository.Root, file)).Length > 200, file);

    [Fact]
    public void Every_decision_has_context_decision_and_consequences()
    {
        var decisions = Repository.Files(".md").Where(file => file.StartsWith("docs/decisions/0", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(decisions);
        foreach (var file in decisions)
        {
            var text = string.Join('\n', Repository.Lines(file));
            Assert.All(
                ["## Context", "## Decision", "## Consequences"],
                heading => Assert.True(text.Contains(heading, StringComparison.Ordinal), $"{file} lacks '{heading}'")
            );
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex RelativeLink();
}
