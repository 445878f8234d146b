namespace Plumbline.Alerting.Rules;

/// <summary>A stored rule, or the switch of a default one.</summary>
public sealed class RuleRow
{
    public long Id { get; set; }

    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of the rule; null for a default rule of which only <see cref="Enabled"/> was changed.</summary>
    public string? Definition { get; set; }

    public int Source { get; set; }

    public bool Enabled { get; set; }

    public long UpdatedAtMs { get; set; }

    public string? UpdatedBy { get; set; }
}
