using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using System.Text.RegularExpressions;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Cli;

/// <summary>
/// docs/command-line.md says what the program does: every verb, option, exit code and configuration key, and every command in it parses.
/// </summary>
public sealed partial class CommandLineDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "command-line.md"));
    private static readonly RootCommand Root = CommandLine.Create(
        CommandLineTests.Real(),
        new Terminal(TextWriter.Null, TextWriter.Null, false)
    );

    [Fact]
    public void Every_verb_and_option_is_described() =>
        Assert.All(
            Root.Subcommands.SelectMany(verb =>
                verb.Subcommands.Prepend(verb)
                    .SelectMany(one => one.Options)
                    .Where(option => option is not HelpOption)
                    .Select(option => (verb.Name, option.Name))
            ),
            pair => Assert.Contains($"`{pair.Item2}", Section(pair.Item1), StringComparison.Ordinal)
        );

    [Fact]
    public void Every_exit_code_is_in_the_table() =>
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"\n| {(int)code} | ", Document, StringComparison.Ordinal));

    [Fact]
    public void Every_command_is_a_right_command_line()
    {
        var commands = Command().Matches(Document).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(commands.Length >= 10);
        Assert.All(commands, command => Assert.Empty(Root.Parse(command).Errors));
    }

    [Fact]
    public void The_example_configuration_is_right_and_names_every_key()
    {
        var yaml = Yaml().Match(Document).Groups[1].Value;
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            Assert.Equal("ci", Assert.Single(ServerConfiguration.Read(file).Access.Keys).Name);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.All(
            Keys(typeof(PlumblineOptions)).Append("name").Append("sha256").Append("models"),
            key => Assert.Contains($"{key}:", Document, StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> Keys(Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            yield return YamlConfiguration.KeyOf(property.Name);
            if (property.PropertyType.Namespace?.StartsWith("Plumbline", StringComparison.Ordinal) != true)
                continue;
            foreach (var key in Keys(property.PropertyType))
                yield return key;
        }
    }

    private static string Section(string verb)
    {
        var start = Document.IndexOf($"\n## {verb}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/command-line.md has no section '{verb}'");
        var end = Document.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        return end < 0 ? Document[start..] : Document[start..end];
    }

    [GeneratedRegex(@"^plumbline (.+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Command();

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Yaml();
}

/// <summary>The checkout that this test was built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Plumbline.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Plumbline.slnx is not above the test.");
    }
}
