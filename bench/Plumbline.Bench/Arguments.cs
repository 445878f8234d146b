using System.Globalization;

namespace Plumbline.Bench;

/// <summary>Options of a benchmark, as <c>--name value</c>.</summary>
internal static class Arguments
{
    public static string? Text(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    public static T Number<T>(string[] args, string name, T otherwise)
        where T : IParsable<T> => Text(args, name) is { } text ? T.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
