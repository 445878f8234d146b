using System.Collections.Immutable;

namespace Plumbline.Registry.Models;

/// <summary>
/// Which versions of a model are told apart. Every version multiplies profiles and points, so traffic can name only so many: the first
/// <see cref="ModelLimits.MaxVersions"/> keep a place each, for good; as soon as one finds none, all further ones are <see cref="Other"/>.
/// A declared version gets a place however many traffic named before it.
/// </summary>
public static class VersionPlaces
{
    /// <summary>The name under which versions without a place are counted together; among a model's versions once there are some.</summary>
    public const string Other = "@other";

    /// <summary>
    /// What traffic adds to the known versions, in the order given: versions that get a place, then <see cref="Other"/> when one finds
    /// none.
    /// </summary>
    /// <param name="known">The model's versions.</param>
    /// <param name="seen">Versions in traffic, those that are to be preferred first.</param>
    public static IReadOnlyList<string> Added(ImmutableArray<string> known, IEnumerable<string> seen)
    {
        if (known.Contains(Other, StringComparer.Ordinal))
            return [];
        List<string> fresh = [.. seen.Where(version => version != Other).Except(known, StringComparer.Ordinal)];
        var places = Math.Max(0, ModelLimits.MaxVersions - known.Length);
        return fresh.Count <= places ? fresh : [.. fresh.Take(places), Other];
    }

    /// <summary>The versions that are told apart, once there are others than those; empty while all are.</summary>
    public static ImmutableArray<string> Apart(ImmutableArray<string> known) =>
        known.Contains(Other, StringComparer.Ordinal) ? known.Remove(Other, StringComparer.Ordinal) : [];

    /// <summary>Rows of traffic, in the order first seen, that a folder of before there were places has beyond them.</summary>
    internal static IReadOnlyList<T> Beyond<T>(IReadOnlyList<T> ofTraffic) => [.. ofTraffic.Skip(ModelLimits.MaxVersions)];
}
