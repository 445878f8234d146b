namespace Plumbline.Monitoring.Profiles;

/// <summary>A value of a segment dimension that is told apart.</summary>
public sealed class SegmentValueRow
{
    public int ModelId { get; set; }

    public required string Key { get; set; }

    public required string Value { get; set; }

    /// <summary>Order in which the values were seen.</summary>
    public int Ordinal { get; set; }
}
