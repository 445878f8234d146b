using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Plumbline.Architecture.Tests;

/// <summary>
/// Files over 400 lines and methods over 60 are on a list that only shrinks: a new one fails, a longer one fails,
/// and one that was mended must leave the list.
/// </summary>
public sealed class SizeRatchetTests
{
    private const int MaximumFileLines = 400;
    private const int MaximumMethodLines = 60;
    private const string ListFile = "tests/Plumbline.Architecture.Tests/size-ratchet.txt";

    [Fact]
    public void Long_files_and_methods_are_listed_and_do_not_grow() => new RatchetList(ListFile).Check(Measure());

    private static IEnumerable<(string Name, int Lines)> Measure()
    {
        foreach (var file in Repository.Files(".cs", ".razor", ".js", ".css", ".py"))
        {
            var lines = Repository.Lines(file);
            if (lines.Length > MaximumFileLines)
                yield return (file, lines.Length);
            if (!file.EndsWith(".cs", StringComparison.Ordinal))
                continue;
            var tree = CSharpSyntaxTree.ParseText(string.Join('\n', lines), path: file);
            foreach (
                var method in tree.GetRoot()
                    .DescendantNodes()
                    .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
            )
            {
                var span = method.GetLocation().GetLineSpan();
                var length = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (length > MaximumMethodLines)
                    yield return ($"{file}:{Name(method)}", length);
            }
        }
    }

    private static string Name(SyntaxNode method) =>
        method switch
        {
            MethodDeclarationSyntax named => named.Identifier.Text
                + named.ParameterList.Parameters.Count.ToString(CultureInfo.InvariantCulture),
            LocalFunctionStatementSyntax local => local.Identifier.Text,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.Text
                + constructor.ParameterList.Parameters.Count.ToString(CultureInfo.InvariantCulture),
            _ => method.Kind().ToString(),
        };
}
