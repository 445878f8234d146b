using Spectre.Console;

namespace Plumbline.Server.Cli.Shell;

/// <summary>Where a verb writes: facts on <paramref name="Output"/>, complaints on <paramref name="Error"/>. <paramref name="Interactive"/>
/// is false when the output is a file or a pipe: then progress is plain lines instead of a bar that redraws itself.</summary>
public sealed record Terminal(TextWriter Output, TextWriter Error, bool Interactive)
{
    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected);

    /// <summary>A Spectre.Console surface over <see cref="Output"/>, without colours and cursor movements when not interactive.</summary>
    public IAnsiConsole Surface() =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Output),
                Ansi = Interactive ? AnsiSupport.Detect : AnsiSupport.No,
                Interactive = Interactive ? InteractionSupport.Detect : InteractionSupport.No,
                ColorSystem = Interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            }
        );
}
