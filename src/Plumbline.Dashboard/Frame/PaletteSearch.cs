using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Frame;

/// <summary>A place that the command palette leads to.</summary>
public sealed record PalettePlace(string Words, string Kind, string Address);

/// <summary>Finds places by parts of their names: pages, models with their tabs and features, incidents, a prediction id.</summary>
public sealed class PaletteSearch(ModelCatalog models)
{
    /// <summary>More would scroll; typing one letter more is faster.</summary>
    public const int MostFound = 12;

    /// <summary>Letters from which on tabs and features of all models are looked through, not only those of the model at hand.</summary>
    private const int EnoughLetters = 2;

    /// <summary>
    /// At most <see cref="MostFound"/> places; names that begin with the text come before those that hold it, and the model at hand before
    /// the others.
    /// </summary>
    /// <param name="text">A part of a name.</param>
    /// <param name="scope">Where the reader is.</param>
    /// <param name="incidents">Incidents to look through.</param>
    /// <param name="actor">Who the reader is: what they may not see is not found.</param>
    public IReadOnlyList<PalettePlace> Find(string text, PageScope scope, IReadOnlyList<PalettePlace> incidents, Actor actor)
    {
        text = text.Trim();
        if (!actor.MaySee(ApiRole.Read))
            return [.. PagesOf(actor).Where(place => place.Words.Contains(text, StringComparison.OrdinalIgnoreCase)).Take(MostFound)];
        var here = scope.Model is { } name ? models.Find(name) : null;
        var places = PagesOf(actor)
            .Concat(here is null ? [] : TabsOf(here, scope))
            .Concat(models.All.Select(model => new PalettePlace(model.Name, "model", AddressOf(model, here, scope))))
            .Concat(here is null ? [] : FeaturesOf(here, scope))
            .Concat(incidents)
            .Concat(text.Length < EnoughLetters ? [] : Others(here, scope))
            .Where(place => place.Words.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(place => !place.Words.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        var decision =
            here is not null && text.Length > 2
                ? new[] { new PalettePlace(text, $"prediction of {here.Name}", scope.To(Links.Prediction(here.Name, text))) }
                : [];
        return [.. places.Take(MostFound - decision.Length), .. decision];
    }

    private static IEnumerable<PalettePlace> PagesOf(Actor actor) =>
        Places
            .All.Where(place => place.Needs.Allows(actor))
            .SelectMany(place =>
                Tabs.Of(place.Address, actor)
                    .Select(tab => new PalettePlace(
                        $"{place.Words}: {tab.Words.ToLowerInvariant()}",
                        "page",
                        Links.Tab(place.Address, tab.Key)
                    ))
                    .DefaultIfEmpty(new PalettePlace(place.Words, "page", place.Address))
            );

    // A version or segment of the model at hand means nothing in another model; the range does.
    private static string AddressOf(ModelDefinition model, ModelDefinition? here, PageScope scope) =>
        model.Id == here?.Id
            ? scope.To(Links.Model(model.Name))
            : scope.To(Links.Model(model.Name), ("version", null), ("segment", null), ("compare", null));

    // As above.
    private IEnumerable<PalettePlace> Others(ModelDefinition? here, PageScope scope)
    {
        var everywhere = scope with { Keys = new Dictionary<string, string>(StringComparer.Ordinal) };
        return models
            .All.Where(model => model.Id != here?.Id)
            .SelectMany(model => TabsOf(model, everywhere).Concat(FeaturesOf(model, everywhere)));
    }

    private static IEnumerable<PalettePlace> FeaturesOf(ModelDefinition model, PageScope scope) =>
        model.Features.Select(feature => new PalettePlace(
            feature.Name,
            $"feature of {model.Name}",
            scope.To(Links.Model(model.Name, Links.Inputs), ("feature", feature.Name))
        ));

    private static IEnumerable<PalettePlace> TabsOf(ModelDefinition model, PageScope scope) =>
        Tabs.Of(Links.Models)
            .Where(tab => tab.Key.Length > 0)
            .Select(tab => new PalettePlace($"{model.Name}: {tab.Words}", "page", scope.To(Links.Model(model.Name, tab.Key))));
}
