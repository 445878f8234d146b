using Plumbline.Registry.Web;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>Where an option was set: at a line of the file, counted from 1, or by an environment variable.</summary>
public readonly record struct ConfigurationOrigin(long Line, long Column, string? Variable);

/// <summary>One thing that is wrong in the configuration, and where it was said.</summary>
/// <param name="Error">What is wrong in which option.</param>
/// <param name="Origin">Where it was set; neither a line nor a variable when it is on the command line or nowhere.</param>
public sealed record ConfigurationMistake(FieldError Error, ConfigurationOrigin Origin = default)
{
    /// <summary>The option, such as <c>ingestion.spool_limit</c>; empty when it is the file as a whole.</summary>
    public string Path => Error.Field;

    /// <summary>What is wrong with it.</summary>
    public string Message => Error.Reason;

    /// <summary>Counts from 1; 0 when it is not in the file.</summary>
    public long Line => Origin.Line;

    /// <summary>Counts from 1; 0 when it is not in the file.</summary>
    public long Column => Origin.Column;

    /// <summary>The environment variable that said it, null when none did.</summary>
    public string? Variable => Origin.Variable;

    /// <summary>For people: where, which option, what is wrong.</summary>
    /// <param name="file">Name of the configuration file.</param>
    public string Describe(string file) =>
        $"{(Variable is null ? $"{file}{(Line > 0 ? $":{Line}:{Column}" : "")}" : $"environment variable {Variable}")}: "
        + $"{(Path.Length == 0 ? "" : Path + ": ")}{Message}";
}

/// <summary>A configuration that cannot be used; carries every mistake found, not only the first.</summary>
public sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationMistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes.Select(mistake => mistake.Describe(file))))
{
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;
}
