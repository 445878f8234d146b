using System.Reflection;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Frame;

/// <summary>The role that a page needs; one that says nothing needs <see cref="ApiRole.Read"/>.</summary>
/// <param name="role">The role.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PageNeedsAttribute(ApiRole role) : Attribute
{
    public ApiRole Role => role;

    /// <summary>True for a page for everybody who may see any page at all.</summary>
    public bool OrAnyPage { get; init; }

    /// <summary>The policy that the page's endpoint needs.</summary>
    internal string Policy => OrAnyPage ? AccessSetup.AnyPage : Role.ToString();

    /// <summary>Whether somebody may see such a page.</summary>
    internal bool Allows(Actor actor) => OrAnyPage ? actor.MaySeeAny : actor.MaySee(Role);

    /// <summary>What a page, a tab or any other component needs.</summary>
    internal static PageNeedsAttribute Of(Type component) => component.GetCustomAttribute<PageNeedsAttribute>() ?? Usual;

    /// <summary>What a page needs that says nothing.</summary>
    internal static PageNeedsAttribute Usual { get; } = new(ApiRole.Read);
}
