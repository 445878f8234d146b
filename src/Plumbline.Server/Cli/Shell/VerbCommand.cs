using System.CommandLine;

namespace Plumbline.Server.Cli.Shell;

/// <summary>A verb that shows how it is used. The examples are parsed by a test, so that they cannot rot.</summary>
internal sealed class VerbCommand(string name, string description, IReadOnlyList<(string What, string Arguments)> examples)
    : Command(name, description)
{
    /// <summary>Example command lines without the program's name, each with what it does.</summary>
    public IReadOnlyList<(string What, string Arguments)> Examples { get; } = examples;
}
