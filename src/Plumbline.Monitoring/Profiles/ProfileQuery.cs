namespace Plumbline.Monitoring.Profiles;

/// <summary>Which stored profiles to read. Everything by default: all features, versions and segments, each apart.</summary>
public sealed record ProfileQuery
{
    /// <summary>Names of features; null for all. Names that are not stored give no rows.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Only this segment dimension; empty for "all rows" only; null for every dimension.</summary>
    public string? SegmentKey { get; init; }

    /// <summary>Only this value of the dimension; null for every value.</summary>
    public string? SegmentValue { get; init; }

    /// <summary>Only this version; null for every version, each apart.</summary>
    public string? Version { get; init; }
}
