namespace Plumbline.Registry.Models;

/// <summary>Two segment dimensions whose combinations are segments of their own: <c>country×plan=FR×pro</c>.</summary>
public sealed record SegmentCross(string First, string Second)
{
    /// <summary>Between the parts of keys and values.</summary>
    public const string Sign = "\u00d7";

    /// <summary>How the pair is called where a dimension is.</summary>
    public string Key => $"{First}{Sign}{Second}";
}
