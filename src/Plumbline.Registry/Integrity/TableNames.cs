using System.Globalization;

namespace Plumbline.Registry.Integrity;

/// <summary>Tables of the engine in words.</summary>
internal static class TableNames
{
    private const int MostListed = 10;

    /// <summary>What is in a table, for a person.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="modelName">The name of a model by its number; null when there is none.</param>
    internal static string Describe(string table, Func<int, string?> modelName)
    {
        var words = table.Split('_');
        if (
            words[0] is not ("predictions" or "reference")
            || words.Length < 2
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        )
        {
            return $"the table {table}";
        }

        var owner = modelName(id) is { } name ? $"model '{name}'" : $"a model that is not declared (number {id})";
        return $"{(words[0] == "predictions" ? "the predictions" : "the reference")} of {owner} (table {table})";
    }

    /// <summary>What is told about tables of no model.</summary>
    internal static string TellOrphans(IReadOnlyList<string> tables) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{tables.Count} tables of the engine belong to no model: "
                + $"{string.Join(", ", tables.Take(MostListed))}{(tables.Count > MostListed ? ", .." : "")}. "
        )
        + "Nothing shows them, and their models' numbers are not given again. Put back the state.db that knows them, or remove them with "
        + "`plumbline check --drop-orphans`.";
}
