using System.Reflection;
using Plumbline.Registry.Access;

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

    /// <summary>What its page needs.</summary>
    internal PageNeedsAttribute Needs { get; private set; } = PageNeedsAttribute.Usual;

    /// <summary>The place that a page is; null for one that is none.</summary>
    internal static PlaceAttribute? Of(Type page)
    {
        if (page.GetCustomAttribute<PlaceAttribute>() is not { } place)
            return null;
        place.Needs = PageNeedsAttribute.Of(page);
        return place;
    }

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
            .Select(PlaceAttribute.Of)
            .OfType<PlaceAttribute>()
            .OrderBy(place => place.Order < 0)
            .ThenBy(place => place.Order)
            .ThenBy(place => place.Words, StringComparer.Ordinal),
    ];

    /// <summary>Those of the rail that somebody may see.</summary>
    public static IEnumerable<PlaceAttribute> OfRail(Actor actor) => All.Where(place => place.Order >= 0 && place.Needs.Allows(actor));
}
