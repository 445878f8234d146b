namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>Settings of a rule that not every kind has.</summary>
[Flags]
public enum RuleSettings
{
    None = 0,

    /// <summary><see cref="Rule.Value"/>: needed.</summary>
    Value = 1,

    /// <summary><see cref="Rule.Direction"/>: above or below, needed.</summary>
    AboveOrBelow = 2,

    /// <summary><see cref="Rule.Direction"/>: either way is possible, and what the catalogue says is the default.</summary>
    AnyDirection = 4,

    /// <summary><see cref="Rule.Features"/> and <see cref="Rule.Class"/>.</summary>
    Features = 8,

    /// <summary><see cref="Rule.ForWindows"/> and <see cref="Rule.OfWindows"/>.</summary>
    Duration = 16,

    /// <summary><see cref="Rule.MinimumN"/>.</summary>
    Rows = 32,

    /// <summary><see cref="Rule.Relative"/>.</summary>
    Relative = 64,

    /// <summary><see cref="Rule.Against"/>.</summary>
    Against = 128,

    /// <summary><see cref="Rule.ThanVersion"/>: needed.</summary>
    ThanVersion = 256,

    /// <summary><see cref="Rule.EffectFloor"/>.</summary>
    EffectFloor = 512,
}
