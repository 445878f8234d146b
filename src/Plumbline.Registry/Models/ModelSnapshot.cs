using System.Collections.Immutable;

namespace Plumbline.Registry.Models;

/// <summary>
/// Every model at one moment. What a change costs must not grow with the models that it does not concern: persistent collections, and an
/// array that is copied but not sorted again.
/// </summary>
internal sealed record ModelSnapshot(
    ImmutableArray<ModelDefinition> Ordered,
    ImmutableDictionary<string, ModelDefinition> ByName,
    ImmutableDictionary<int, ModelDefinition> ById,
    ImmutableDictionary<int, ImmutableArray<string>> Versions
)
{
    private static readonly Comparer<ModelDefinition> Names = Comparer<ModelDefinition>.Create(
        static (one, other) => string.CompareOrdinal(one.Name, other.Name)
    );

    public static ModelSnapshot Empty { get; } = Of([], new Dictionary<int, ImmutableArray<string>>());

    public static ModelSnapshot Of(IEnumerable<ModelDefinition> models, IReadOnlyDictionary<int, ImmutableArray<string>> versions)
    {
        var ordered = models
            .Select(model => model with { VersionsApart = VersionPlaces.Apart(versions.GetValueOrDefault(model.Id, [])) })
            .Order(Names)
            .ToImmutableArray();
        return new(
            ordered,
            ordered.ToImmutableDictionary(model => model.Name, StringComparer.Ordinal),
            ordered.ToImmutableDictionary(model => model.Id),
            versions.ToImmutableDictionary()
        );
    }

    public ModelSnapshot With(ModelDefinition model)
    {
        var at = Ordered.BinarySearch(model, Names);
        return this with
        {
            Ordered = at >= 0 ? Ordered.SetItem(at, model) : Ordered.Insert(~at, model),
            ByName = ByName.SetItem(model.Name, model),
            ById = ById.SetItem(model.Id, model),
        };
    }

    public ModelSnapshot Without(int id) =>
        ById.GetValueOrDefault(id) is not { } model
            ? this
            : new(Ordered.RemoveAt(Ordered.BinarySearch(model, Names)), ByName.Remove(model.Name), ById.Remove(id), Versions.Remove(id));

    public ModelSnapshot WithVersions(int id, IEnumerable<string> added)
    {
        var versions = Versions.GetValueOrDefault(id, []).AddRange(added);
        var next = this with { Versions = Versions.SetItem(id, versions) };
        var apart = VersionPlaces.Apart(versions);
        return apart.IsEmpty || ById.GetValueOrDefault(id) is not { } model ? next : next.With(model with { VersionsApart = apart });
    }
}
