namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>When cold spots are searched by themselves.</summary>
public sealed record ColdSpotOptions
{
    /// <summary>
    /// Whether every model with a reference is searched once a day. Default true. A search takes seconds of all cores; without it cold
    /// spots are searched on demand only.
    /// </summary>
    public bool Daily { get; init; } = true;
}
