namespace Plumbline.Dashboard.Marks;

/// <summary>
/// The colour of a class, version or segment, as the name of a CSS token. It follows from the place in the model's own
/// list, so the same thing keeps its colour on every page.
/// </summary>
public static class Palette
{
    public const int Colours = 8;
    public const string Other = "--cat-other";

    public static string At(int place) => place is >= 0 and < Colours ? $"--cat-{place + 1}" : Other;

    public static string Of(IReadOnlyList<string> names, string name)
    {
        for (var place = 0; place < names.Count; place++)
        {
            if (names[place] == name)
                return At(place);
        }
        return Other;
    }
}
