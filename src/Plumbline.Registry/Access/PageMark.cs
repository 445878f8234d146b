namespace Plumbline.Registry.Access;

/// <summary>Says of an endpoint that it is a page: who may is asked of pages, not of models.</summary>
public sealed class PageMark
{
    private PageMark() { }

    /// <summary>The one there is.</summary>
    public static PageMark Instance { get; } = new();
}
