using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources.Connections.Parquet;

/// <summary>Paths of Parquet files below a folder or a prefix.</summary>
internal static class ParquetPath
{
    private const int MostCharacters = 1024;
    private static readonly System.Buffers.SearchValues<char> PatternCharacters = System.Buffers.SearchValues.Create("*?{}[]");

    /// <summary>
    /// Why a path cannot be used, or null. Only names, slashes and stars: nothing in it can lead out of the folder or mean something to a
    /// reader of URLs.
    /// </summary>
    internal static string? Error(string path)
    {
        if (path.Length is 0 or > MostCharacters)
            return $"1..{MostCharacters} characters are needed.";
        if (!path.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '=' or '/' or '*' or ' ' or '+' or '@'))
            return "only letters, digits and . _ - = + @ space / * may be in it.";
        if (path.Split('/').Any(part => part is "" or "." or ".."))
            return "it must be relative, without empty parts, '.' and '..'.";
        return path.Split('/').Any(part => part.Contains("**", StringComparison.Ordinal) && part != "**")
            ? "'**' stands alone between slashes."
            : null;
    }

    /// <summary>True when the engine would read more than a name in it.</summary>
    internal static bool HasPattern(string path) => path.AsSpan().ContainsAny(PatternCharacters);

    /// <summary>What is wrong with the files that a source names.</summary>
    internal static IEnumerable<FieldError> Check(SourceSpecification source)
    {
        if (source.Table is not null)
            yield return new("table", $"'{source.Connection}' has files: give a path, such as outcomes/*.parquet.");
        if (source.Path is null)
            yield return new("path", "is needed, such as outcomes/*.parquet.");
        else if (Error(source.Path) is { } reason)
            yield return new("path", reason);
        else if (!source.Path.EndsWith(".parquet", StringComparison.Ordinal))
            yield return new("path", "must end in .parquet.");
    }
}
