using System.Text;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Accounts;

/// <summary>Reads a password: typed twice without being shown, or one line of standard input where that is no terminal.</summary>
internal static class PasswordEntry
{
    /// <exception cref="CommandLineException">There was none, or the second was not the first.</exception>
    public static string Read(Terminal terminal)
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? throw new CommandLineException(ExitCode.Usage, "no password on standard input");
        var first = Typed("Password: ", terminal);
        return Typed("The same again: ", terminal) == first
            ? first
            : throw new CommandLineException(ExitCode.Usage, "the second password is not the first; nothing was changed");
    }

    private static string Typed(string prompt, Terminal terminal)
    {
        terminal.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var press && press.Key != ConsoleKey.Enter)
        {
            if (press.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(press.KeyChar))
                typed.Append(press.KeyChar);
        }

        terminal.Error.WriteLine();
        return typed.ToString();
    }
}
