namespace Plumbline.Server.Ui.Frame;

/// <summary>A place that the command palette leads to.</summary>
public sealed record PalettePlace(string Words, string Kind, string Address);

/// <summary>Finds places by parts of their names, the best matches first.</summary>
public sealed class PaletteSearch
{
    /// <summary>More would scroll; typing one letter more is faster.</summary>
    public const int MostFound = 12;

    public IReadOnlyList<PalettePlace> Find(string text, PageScope scope)
    {
        PalettePlace[] pages = [new("Fleet", "page", "/"), new("Explore", "page", "/explore"), new("Self", "page", "/self"), new("Start: three ways in", "page", "/start")];
        return [.. pages.Where(place => place.Words.Contains(text, StringComparison.OrdinalIgnoreCase)).Take(MostFound)];
    }
}
