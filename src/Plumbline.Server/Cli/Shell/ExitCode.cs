namespace Plumbline.Server.Cli.Shell;

/// <summary>
/// What the process answers to the shell. The numbers are part of the contract (docs/command-line.md lists them); never reuse one.
/// </summary>
public enum ExitCode
{
    /// <summary>Everything that was asked for was done.</summary>
    Ok = 0,

    /// <summary>Something failed while doing it; the error stream says what.</summary>
    Failure = 1,

    /// <summary>The command line itself is wrong: an unknown verb, a missing option, a column that the file does not have.</summary>
    Usage = 2,

    /// <summary>The server did not answer, or kept answering that it cannot take more.</summary>
    ServerUnreachable = 3,

    /// <summary>The import went through, but the server or the reader refused some rows.</summary>
    RowsRejected = 4,

    /// <summary>The configuration file is wrong: an unknown key, a value of the wrong kind or out of its range.</summary>
    ConfigurationInvalid = 5,

    /// <summary>Everything was sent, but the windows were not all computed before <c>--wait-timeout</c>.</summary>
    WaitTimedOut = 6,

    /// <summary>No rule of a gate fires, but some could not judge anything.</summary>
    NotEnoughData = 7,

    /// <summary>Interrupted by the user (Ctrl-C); what was acknowledged stays.</summary>
    Interrupted = 130,
}
