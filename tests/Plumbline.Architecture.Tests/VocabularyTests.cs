using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Plumbline.Architecture.Tests;

/// <summary>One word for one thing, and words that say nothing are not used for types.</summary>
public sealed partial class VocabularyTests
{
    [Fact]
    public void Type_names_use_the_field_s_words()
    {
        var names =
            from file in Repository.Files(".cs")
            where file.StartsWith("src/", StringComparison.Ordinal)
            let root = CSharpSyntaxTree.ParseText(string.Join('\n', Repository.Lines(file))).GetRoot()
            from type in root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            where Empty().IsMatch(type.Identifier.Text)
            select $"{file}: {type.Identifier.Text}";
        Assert.Empty(names);
    }

    [Fact]
    public void No_file_names_a_machine_or_a_registry()
    {
        var lines =
            from file in Repository.Files(
                ".cs",
                ".razor",
                ".js",
                ".css",
                ".md",
                ".json",
                ".props",
                ".targets",
                ".csproj",
                ".yaml",
                ".yml",
                ".py",
                ".sh",
                ".sql"
            )
            where !file.EndsWith("VocabularyTests.cs", StringComparison.Ordinal)
            from line in Repository.Lines(file)
            where Places().IsMatch(line)
            select $"{file}: {line.Trim()[..Math.Min(120, line.Trim().Length)]}";
        Assert.Empty(lines);
    }

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Service|Impl|Info|Data|Processor)$", RegexOptions.NonBacktracking)]
    private static partial Regex Empty();

    [GeneratedRegex(@"(/work/|/root/|/home/\w+/|registry\.npmjs|api\.nuget\.org)", RegexOptions.NonBacktracking)]
    private static partial Regex Places();
}
