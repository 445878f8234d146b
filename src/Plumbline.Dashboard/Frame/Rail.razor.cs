using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Frame;

/// <summary>The places of the dashboard.</summary>
public sealed partial class Rail
{
    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    /// <summary>Who is signed in: places that they may not see are not there.</summary>
    [Parameter, EditorRequired]
    public Actor Actor { get; set; } = null!;

    private bool IsHere(PlaceAttribute place) =>
        Scope.Path == place.Address
        || place
            .Below.DefaultIfEmpty(place.Address)
            .Any(prefix => Scope.Path == prefix || Scope.Path.StartsWith(prefix + "/", StringComparison.Ordinal));
}
