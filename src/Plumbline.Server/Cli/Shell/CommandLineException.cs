namespace Plumbline.Server.Cli.Shell;

/// <summary>A failure whose message is meant for the user as it stands.</summary>
public sealed class CommandLineException : Exception
{
    public CommandLineException(ExitCode exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public CommandLineException(ExitCode exitCode, string message, Exception cause)
        : base(message, cause) => ExitCode = exitCode;

    /// <summary>What the process answers.</summary>
    public ExitCode ExitCode { get; }
}
