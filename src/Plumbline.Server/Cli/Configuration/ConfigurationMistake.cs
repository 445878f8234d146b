namespace Plumbline.Server.Cli.Configuration;

/// <summary>One thing that is wrong in a configuration file. <paramref name="Line"/> and <paramref name="Column"/> count from 1, 0 when it is not in the file; <paramref name="Path"/> is like <c>ingestion.spool_limit</c>.</summary>
public sealed record ConfigurationMistake(long Line, long Column, string Path, string Message)
{
    public string Describe(string file) => $"{file}{(Line > 0 ? $":{Line}:{Column}" : "")}: {(Path.Length == 0 ? "" : Path + ": ")}{Message}";
}

/// <summary>A configuration file that cannot be used; carries every mistake found, not only the first.</summary>
public sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationMistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes.Select(mistake => mistake.Describe(file))))
{
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;
}
