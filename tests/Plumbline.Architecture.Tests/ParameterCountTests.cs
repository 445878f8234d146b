using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Plumbline.Architecture.Tests;

/// <summary>
/// What is called with more than fourteen values is called with the wrong ones: those that belong together are a record. A positional
/// record is such a group itself, and may be as long as what it holds.
/// </summary>
public sealed class ParameterCountTests
{
    private const int Most = 14;

    [Fact]
    public void Nothing_is_called_with_more_than_fourteen_values()
    {
        var tooLong = (
            from file in Repository.Files(".cs")
            where file.StartsWith("src/", StringComparison.Ordinal)
            let tree = CSharpSyntaxTree.ParseText(string.Join('\n', Repository.Lines(file)), path: file)
            from list in tree.GetRoot().DescendantNodes().OfType<ParameterListSyntax>()
            where list.Parameters.Count > Most && list.Parent is not RecordDeclarationSyntax
            let line = list.GetLocation().GetLineSpan().StartLinePosition.Line + 1
            select $"{file}:{line} takes {list.Parameters.Count} values"
        ).ToList();
        Assert.True(tooLong.Count == 0, string.Join('\n', tooLong));
    }
}
