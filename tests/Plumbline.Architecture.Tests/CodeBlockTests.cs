using System.Text.RegularExpressions;

namespace Plumbline.Architecture.Tests;

/// <summary>
/// A Razor file is markup; what a component computes is in the <c>.razor.cs</c> beside it, where the formatter and the analyzers see it.
/// </summary>
public sealed partial class CodeBlockTests
{
    private const int MostLines = 10;

    [Fact]
    public void A_code_block_in_Razor_holds_a_few_parameters_and_nothing_else()
    {
        var wrong = Repository.Files(".razor").SelectMany(file => Wrong(file, Repository.Lines(file))).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("    private int _count;")]
    [InlineData("    [Parameter] public int Twice => 2;")]
    [InlineData("    private string Words() => \"\";")]
    public void Anything_else_is_found(string line) => Assert.Single(Wrong("X.razor", ["@code {", line, "}"]));

    [Fact]
    public void Too_many_parameters_are_found()
    {
        string[] parameters = [.. Enumerable.Range(0, MostLines + 1).Select(at => $"    [Parameter] public int P{at} {{ get; set; }}")];
        Assert.Empty(Wrong("X.razor", ["@code {", .. parameters[..MostLines], "}"]));
        Assert.Single(Wrong("X.razor", ["@code {", .. parameters, "}"]));
    }

    private static IEnumerable<string> Wrong(string file, string[] lines)
    {
        var begin = Array.FindIndex(
            lines,
            line => line.StartsWith("@code", StringComparison.Ordinal) || line.StartsWith("@functions", StringComparison.Ordinal)
        );
        if (begin < 0)
            yield break;
        string[] block = [.. lines.Skip(begin + 1).TakeWhile(line => line != "}")];
        if (block.Length > MostLines)
            yield return $"{file}: a code block of {block.Length} lines; move it to {file}.cs";
        foreach (var line in block.Where(line => !Allowed().IsMatch(line)))
            yield return $"{file}: '{line.Trim()}' is no parameter; it belongs into {file}.cs";
    }

    [GeneratedRegex(
        @"^\s*(///.*|\[(Cascading)?Parameter(, EditorRequired)?\] public .* \{ get; set; \}( = .*;)?)?$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Allowed();
}
