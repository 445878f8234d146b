using System.Reflection;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Frame;

/// <summary>Makes a component a tab of a page: it is in the page's navigation and in the command palette.</summary>
/// <param name="page">The page's address; one of <see cref="Registry.Web.Links"/>.</param>
/// <param name="key">The tab in the address; empty for the one that is there first.</param>
/// <param name="words">What it is called.</param>
/// <param name="order">Where it stands.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TabAttribute(string page, string key, string words, int order) : Attribute
{
    public string Page => page;

    public string Key => key;

    public string Words => words;

    public int Order => order;
}

/// <summary>A tab with its component.</summary>
public sealed record PageTab(string Key, string Words, Type Component)
{
    /// <summary>What it needs, beside what its page does.</summary>
    internal PageNeedsAttribute Needs { get; } = PageNeedsAttribute.Of(Component);
}

/// <summary>The components that say that they are a tab.</summary>
public static class Tabs
{
    private static readonly ILookup<string, PageTab> ByPage = (
        from type in typeof(Tabs).Assembly.GetTypes()
        let tab = type.GetCustomAttribute<TabAttribute>()
        where tab is not null
        orderby tab.Order
        select (tab.Page, Tab: new PageTab(tab.Key, tab.Words, type))
    ).ToLookup(found => found.Page, found => found.Tab, StringComparer.Ordinal);

    /// <summary>The tabs of a page, in their order.</summary>
    public static IEnumerable<PageTab> Of(string page) => ByPage[page];

    /// <summary>Those that somebody may see.</summary>
    public static IEnumerable<PageTab> Of(string page, Actor actor) => Of(page).Where(tab => tab.Needs.Allows(actor));

    /// <summary>The tab that an address names, the first one where it names none; null when there is no such tab.</summary>
    public static PageTab? Find(string page, string? key) => Of(page).FirstOrDefault(tab => tab.Key == (key ?? ""));
}
