using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>Checks names of tables and columns, which are only ever used as names.</summary>
internal static class IdentifierRules
{
    private const int MostCharacters = 256;

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    internal static FieldError? Check(string field, string? name, bool isNeeded)
    {
        if (string.IsNullOrEmpty(name))
        {
            return isNeeded ? new FieldError(field, "is needed.")
                : name is not null ? new FieldError(field, "is empty; leave it out.")
                : null;
        }

        return name.Length > MostCharacters || name.Any(char.IsControl)
            ? new FieldError(field, $"1..{MostCharacters} characters without control characters are needed.")
            : null;
    }
}
