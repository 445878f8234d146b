using System.Reflection;

namespace Plumbline.Dashboard.Frame;

/// <summary>Puts a page into the rail and the command palette.</summary>
/// <param name="words">What it is called.</param>
/// <param name="address">Where it is; one of <see cref="Registry.Web.Links"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlaceAttribute(string words, string address) : Attribute
{
    public string Words => words;

    public string Address => address;

    /// <summary>Where it stands; negative for the palette only.</summary>
    public int Order { get; init; } = -1;

    /// <summary>Its picture in the rail: the path of a drawing of 16 by 16.</summary>
    public string Drawing { get; init; } = "";

    /// <summary>Addresses below which it is where one is; its own without any.</summary>
    public string[] Below { get; init; } = [];
}

/// <summary>The pages that say that they are a place.</summary>
public static class Places
{
    /// <summary>Those of the rail first, in its order.</summary>
    public static IReadOnlyList<PlaceAttribute> All { get; } =
    [
        .. typeof(Places)
            .Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<PlaceAttribute>())
            .OfType<PlaceAttribute>()
            .OrderBy(place => place.Order < 0)
            .ThenBy(place => place.Order)
            .ThenBy(place => place.Words, StringComparer.Ordinal),
    ];

    /// <summary>Those of the rail.</summary>
    public static IEnumerable<PlaceAttribute> OfRail => All.Where(place => place.Order >= 0);
}
