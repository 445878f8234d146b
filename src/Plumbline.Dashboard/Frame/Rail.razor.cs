using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Frame;

/// <summary>The places of the dashboard.</summary>
public sealed partial class Rail
{
    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    private bool IsHere(PlaceAttribute place) =>
        Scope.Path == place.Address
        || place
            .Below.DefaultIfEmpty(place.Address)
            .Any(prefix => Scope.Path == prefix || Scope.Path.StartsWith(prefix + "/", StringComparison.Ordinal));
}
