namespace Plumbline.Server.Cli.Configuration;

/// <summary>Where an option was set: at a line of the file, counted from 1, or by an environment variable.</summary>
public readonly record struct ConfigurationOrigin(long Line, long Column, string? Variable);

/// <summary>
/// One thing that is wrong in the configuration. <paramref name="Line"/> and <paramref name="Column"/> count from 1, 0 when it is not in the file; <paramref name="Path"/>
/// is like <c>ingestion.spool_limit</c>; <paramref name="Variable"/> is the environment variable that said it, null when none did.
/// </summary>
public sealed record ConfigurationMistake(long Line, long Column, string Path, string Message, string? Variable = null)
{
    public string Describe(string file) =>
        $"{(Variable is null ? $"{file}{(Line > 0 ? $":{Line}:{Column}" : "")}" : $"environment variable {Variable}")}: {(Path.Length == 0 ? "" : Path + ": ")}{Message}";
}

/// <summary>A configuration that cannot be used; carries every mistake found, not only the first.</summary>
public sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationMistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes.Select(mistake => mistake.Describe(file))))
{
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;
}
