using System.Text.RegularExpressions;

namespace Plumbline.Architecture.Tests;

/// <summary>A page's address is written once, in <c>Links</c>, and at the page itself: whoever leads to it asks there.</summary>
public sealed partial class PageAddressTests
{
    private const string Links = "src/Plumbline.Registry/Web/Links.cs";

    [Fact]
    public void Nobody_but_links_writes_the_address_of_a_page() =>
        Assert.Empty(
            from file in Repository.Files(".cs", ".razor")
            where file.StartsWith("src/", StringComparison.Ordinal) && file != Links
            from line in Repository.Lines(file).Select((text, index) => (Text: text, Number: index + 1))
            where !line.Text.StartsWith("@page", StringComparison.Ordinal) && Address().IsMatch(line.Text)
            select $"{file}:{line.Number}: ask Links"
        );

    [Fact]
    public void Every_page_has_its_address_in_links()
    {
        var known = string.Join('\n', Repository.Lines(Links));
        var pages = Repository
            .Files(".razor")
            .SelectMany(file => Repository.Lines(file))
            .Select(line => Page().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.True(pages.Count > 8);
        // The gallery is for who builds pages, and nobody leads to a page that is not found.
        Assert.All(
            pages.Where(page => page is not ("/ui/gallery" or "/not-found")),
            page => Assert.Contains($"\"{FirstOf(page)}\"", known, StringComparison.Ordinal)
        );
    }

    private static string FirstOf(string page) => "/" + page.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    [GeneratedRegex("""["(=]/(models|incidents|explore|settings|self|start)\b""", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex("""^@page "([^"]+)""", RegexOptions.NonBacktracking)]
    private static partial Regex Page();
}
