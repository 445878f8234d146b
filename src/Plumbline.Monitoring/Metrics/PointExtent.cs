namespace Plumbline.Monitoring.Metrics;

/// <summary>Where the stored windows of a length lie about a limit, by their starts.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last that begins before the limit; null where none does.</param>
/// <param name="Next">The first that begins at the limit or later; null where none does.</param>
public sealed record PointExtent(DateTimeOffset First, DateTimeOffset? Last, DateTimeOffset? Next);
