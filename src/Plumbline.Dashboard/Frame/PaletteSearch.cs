using Plumbline.Registry.Models;

namespace Plumbline.Dashboard.Frame;

/// <summary>A place that the command palette leads to.</summary>
public sealed record PalettePlace(string Words, string Kind, string Address);

/// <summary>Finds places by parts of their names: pages, models, the features of the model at hand, a prediction id.</summary>
public sealed class PaletteSearch(ModelCatalog models)
{
    /// <summary>More would scroll; typing one letter more is faster.</summary>
    public const int MostFound = 12;

    private static readonly string[] Tabs = ["Inputs", "Outputs", "Performance", "Rules"];
    private static readonly PalettePlace[] Pages = [new("Fleet", "page", "/"), new("Incidents", "page", "/incidents"), new("Explore", "page", "/explore"), new("Settings: receivers", "page", "/settings"), new("Settings: silences", "page", "/settings/silences"), new("Settings: deliveries", "page", "/settings/deliveries"), new("Self", "page", "/self"), new("Start: three ways in", "page", "/start")];

    /// <summary>At most <see cref="MostFound"/> places; names that begin with the text come before those that hold it.</summary>
    public IReadOnlyList<PalettePlace> Find(string text, PageScope scope)
    {
        text = text.Trim();
        var here = scope.Model is { } name ? models.Find(name) : null;
        var places = Pages
            .Concat(here is null ? [] : TabsOf(here, scope))
            .Concat(models.All.Select(model => new PalettePlace(model.Name, "model", scope.To(Path(model)))))
            .Concat(here is null ? [] : here.Features.Select(feature => new PalettePlace(feature.Name, $"feature of {here.Name}", scope.To($"{Path(here)}/inputs", ("feature", feature.Name)))))
            .Where(place => place.Words.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(place => !place.Words.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        var decision = here is not null && text.Length > 2
            ? new[] { new PalettePlace(text, $"prediction of {here.Name}", scope.To($"{Path(here)}/predictions/{Uri.EscapeDataString(text)}")) }
            : [];
        return [.. places.Take(MostFound - decision.Length), .. decision];
    }

    private static IEnumerable<PalettePlace> TabsOf(ModelDefinition model, PageScope scope) =>
        from tab in Tabs
        select new PalettePlace($"{model.Name}: {tab}", "page", scope.To($"{Path(model)}/{tab.ToLowerInvariant()}"));

    private static string Path(ModelDefinition model) => $"/models/{Uri.EscapeDataString(model.Name)}";
}
