namespace Plumbline.Server.Cli.Gate;

/// <summary>What becomes of a gate when a rule can judge nothing.</summary>
public enum MissingNumbers
{
    /// <summary>It does not pass: silence is not health.</summary>
    Fail,

    /// <summary>It passes, and says so.</summary>
    Pass,
}

/// <summary>What `gate` judges.</summary>
public sealed record GateSettings
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The version whose numbers are judged by rules that name none; null for all together.</summary>
    public string? Version { get; init; }

    /// <summary>The file of rules.</summary>
    public required string RulesFile { get; init; }

    /// <summary>Begin of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Its end.</summary>
    public required DateTimeOffset To { get; init; }

    public MissingNumbers Missing { get; init; }

    /// <summary>Where the verdicts are written as JUnit XML; null for nowhere.</summary>
    public string? JunitFile { get; init; }

    /// <summary>Where they are written as Markdown; null for nowhere.</summary>
    public string? MarkdownFile { get; init; }

    /// <summary>The server's address.</summary>
    public required Uri Server { get; init; }

    /// <summary>A key that may read; null for none.</summary>
    public string? ApiKey { get; init; }
}
