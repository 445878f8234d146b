using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Which names are taken for models, versions, classes and features; each check returns the reason or null.</summary>
public static class ModelNames
{
    /// <summary>1..128 characters of A-Z a-z 0-9 . _ - ; model names are parts of URLs.</summary>
    public static string? CheckModel(string name)
    {
        if (name.Length is 0 or > ModelLimits.MaxNameLength)
            return $"A model name has 1 to {ModelLimits.MaxNameLength} characters; this one has {name.Length}.";
        if (name is "." or "..")
            return "A model cannot be called '.' or '..'.";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return $"A model name is made of A-Z a-z 0-9 . _ - ; '{Problems.Shorten(name)}' has another character.";
        }

        return null;
    }

    /// <summary>1..256 characters without control characters, not starting with '@' (our own features do).</summary>
    public static string? CheckFeature(string name)
    {
        if (name.Length is 0 or > ModelLimits.MaxFeatureNameLength)
            return $"A feature name has 1 to {ModelLimits.MaxFeatureNameLength} characters; this one has {name.Length}.";
        if (name[0] == '@')
            return $"A feature name does not start with '@' ('{Problems.Shorten(name)}'): those names are Plumbline's own.";
        return HasControl(name) ? "A feature name has no control characters." : null;
    }

    /// <summary>1..128 characters without control characters.</summary>
    public static string? CheckLabel(string what, string name)
    {
        if (name.Length is 0 or > ModelLimits.MaxNameLength)
            return $"A {what} has 1 to {ModelLimits.MaxNameLength} characters; this one has {name.Length}.";
        return HasControl(name) ? $"A {what} has no control characters." : null;
    }

    private static bool HasControl(string name) => name.Any(char.IsControl);
}
