namespace Plumbline.Exposition.Scraping;

/// <summary>How things are called for Prometheus.</summary>
internal static class ExposedNames
{
    private const string Prefix = "plumbline_";

    /// <summary>A name with what all begin with, and its unit behind it.</summary>
    public static string Of(string name, string unit) =>
        $"{Prefix}{name}{(unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal) ? "_" + unit : "")}";

    /// <summary>The name of an instrument (<c>plumbline.spool.size</c> in <c>By</c>) and its base unit.</summary>
    public static (string Name, string Unit) OfInstrument(string name, string unit)
    {
        var baseUnit = unit switch
        {
            "s" => "seconds",
            "By" => "bytes",
            _ => "",
        };
        return (Of(name[Prefix.Length..].Replace('.', '_'), baseUnit), baseUnit);
    }
}
