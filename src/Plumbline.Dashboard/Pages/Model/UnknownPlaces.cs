using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Something that an address names and that is not there.</summary>
/// <param name="Title">What is not there.</param>
/// <param name="Why">What is there, or what may have happened.</param>
/// <param name="Instead">Where to go, the likeliest first.</param>
public sealed record UnknownPlace(string Title, string Why, IReadOnlyList<(string Words, string Address)> Instead);

/// <summary>Finds what the address of a model's page names and the model does not have: a typing error, an old link.</summary>
public sealed class UnknownPlaces(ModelCatalog models, ModelOverviewReader overviews)
{
    /// <summary>The key of a feature in an address.</summary>
    public const string Feature = "feature";

    /// <summary>Names that are said; who looks for another one finds it by the palette.</summary>
    private const int MostNames = 8;

    private const string Renamed = "It may have been renamed or deleted.";

    /// <summary>
    /// The first thing of the address that is not there, the outermost first; null when all of it is. Waits for nothing but the search for
    /// a segment.
    /// </summary>
    /// <param name="name">The model.</param>
    /// <param name="tab">The part of its page; null for pages without parts.</param>
    /// <param name="scope">The address.</param>
    /// <param name="cancellation">Ends the search for a segment.</param>
    public async Task<UnknownPlace?> FindAsync(string name, string? tab, PageScope scope, CancellationToken cancellation)
    {
        if (models.Find(name) is not { } model)
            return Model(name);
        if (tab is not null && Tabs.Find(Links.Models, tab) is null)
            return Tab(model, tab, scope);
        var comparison = Comparison.Parse(scope[Comparison.Key]);
        if (scope[Comparison.Key] is { } text && comparison is null)
            return NotComparable(text, scope);
        return UnknownVersion(model, scope.Version, near => scope.With(("version", near)))
            ?? UnknownVersion(model, comparison?.Version, near => scope.With((Comparison.Key, Comparison.OfVersion(near))))
            ?? UnknownFeature(model, scope)
            ?? await UnknownSegmentAsync(model, scope.Segment, near => scope.With(("segment", near)), cancellation)
            ?? await UnknownSegmentAsync(
                model,
                comparison?.Segment,
                near => scope.With((Comparison.Key, Comparison.OfSegment(near))),
                cancellation
            );
    }

    private static UnknownPlace NotComparable(string text, PageScope scope) =>
        new(
            $"Nothing can be compared with {text}",
            "It is a version (version:v6), a time before (period:7d) or a segment (country:BR).",
            [("The week before", scope.With((Comparison.Key, "period:7d"))), ("Without a comparison", scope.With((Comparison.Key, null)))]
        );

    private async Task<UnknownPlace?> UnknownSegmentAsync(
        ModelDefinition model,
        string? segment,
        Func<string?, string> address,
        CancellationToken cancellation
    )
    {
        if (segment is null)
            return null;
        try
        {
            return await overviews.HasSegmentAsync(model, segment, cancellation)
                ? null
                : Segment(model, segment, address, await overviews.SegmentsAsync(model, cancellation));
        }
#pragma warning disable CA1031 // Why nothing can be read is said by the page itself, which offers to try again.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private UnknownPlace Model(string name)
    {
        var known = models.All.Select(model => model.Name).ToList();
        return new UnknownPlace(
            $"There is no model {name}",
            Renamed,
            [.. Nearest(name, known).Select(near => (near, Links.Model(near))), ("All models", Links.Fleet)]
        );
    }

    private static UnknownPlace Tab(ModelDefinition model, string tab, PageScope scope) =>
        new(
            $"A model has no part {tab}",
            $"{model.Name} has these:",
            [.. Tabs.Of(Links.Models).Select(known => (known.Words, scope.To(Links.Model(model.Name, known.Key))))]
        );

    private UnknownPlace? UnknownVersion(ModelDefinition model, string? version, Func<string?, string> address)
    {
        var known = models.Versions(model.Id);
        // A model that nobody heard of yet has no versions, and its page says so itself.
        if (version is null || known.IsEmpty || known.Contains(version, StringComparer.Ordinal))
            return null;
        return new UnknownPlace(
            $"{model.Name} has no version {version}",
            Has(known.Length, "version"),
            [.. Nearest(version, known.Reverse()).Select(near => (near, address(near))), ("All versions", address(null))]
        );
    }

    private static UnknownPlace? UnknownFeature(ModelDefinition model, PageScope scope)
    {
        // Answers and scores are looked at as if they were features.
        if (
            scope[Feature] is not { } feature
            || model.Features.Length == 0
            || feature.StartsWith('@')
            || model.FindFeature(feature) is not null
        )
        {
            return null;
        }

        var known = model.Features.Select(known => known.Name).ToList();
        return new UnknownPlace(
            $"{model.Name} has no feature {feature}",
            Has(known.Count, "feature"),
            [.. Nearest(feature, known).Select(near => (near, scope.With((Feature, near)))), ("All features", scope.With((Feature, null)))]
        );
    }

    private static UnknownPlace Segment(
        ModelDefinition model,
        string segment,
        Func<string?, string> address,
        IReadOnlyList<string> known
    ) =>
        new(
            $"{model.Name} has no segment {segment}",
            known.Count == 0
                ? "No segment of it has been computed yet."
                : $"No window that was computed has rows of it. {Has(known.Count, "segment")}",
            [.. Nearest(segment, known).Select(near => (near, address(near))), ("All rows", address(null))]
        );

    private static string Has(int count, string what) =>
        count == 1 ? $"It has one {what}:"
        : count <= MostNames ? $"It has {Figures.Count(count)} {what}s:"
        : $"It has {Figures.Count(count)} {what}s, among them:";

    /// <summary>What was probably meant, then the first others.</summary>
    private static IEnumerable<string> Nearest(string word, IEnumerable<string> known)
    {
        var all = known.ToList();
        var near = Spelling.Nearest(word, all);
        return all.OrderByDescending(name => name == near)
            .ThenByDescending(name => name.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Take(MostNames);
    }
}
