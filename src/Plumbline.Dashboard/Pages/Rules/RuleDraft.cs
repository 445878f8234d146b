using System.Globalization;
using Plumbline.Alerting;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>What is typed into the form of a rule: texts, until they are read as a rule.</summary>
public sealed class RuleDraft
{
    public string Name { get; set; } = "";

    public RuleKind Kind { get; set; } = RuleKind.All[0];

    public string Metric { get; set; } = "";

    public string Features { get; set; } = "";

    public string Class { get; set; } = "";

    public string Segment { get; set; } = "";

    public string Version { get; set; } = "";

    public string ThanVersion { get; set; } = "";

    public string Window { get; set; } = "";

    public RuleDirection Direction { get; set; } = RuleDirection.Above;

    public string Value { get; set; } = "";

    public string Relative { get; set; } = "no";

    public ChangeBase Against { get; set; }

    public string Severity { get; set; } = "";

    public string ForWindows { get; set; } = "2";

    public string OfWindows { get; set; } = "2";

    public string MinimumN { get; set; } = "30";

    public string EffectFloor { get; set; } = "";

    public string DryRun { get; set; } = "no";

    public bool Enabled { get; set; } = true;

    /// <summary>Which fields a kind has beside name, metric, scope, window and severity.</summary>
    public bool HasDirection => Kind.Has(RuleSettings.AboveOrBelow | RuleSettings.AnyDirection);

    public bool HasValue => Kind.Has(RuleSettings.Value);

    public bool HasFeatures => Kind.Has(RuleSettings.Features);

    public bool HasDuration => Kind.Has(RuleSettings.Duration);

    public static RuleDraft Of(Rule rule) =>
        new()
        {
            Name = rule.Name,
            Kind = rule.Kind,
            Metric = rule.Metric,
            Features = rule.Features is null ? "" : string.Join(", ", rule.Features),
            Class = rule.Class ?? "",
            Segment = rule.Segment,
            Version = rule.Version,
            ThanVersion = rule.ThanVersion ?? "",
            Window = rule.Window is { } window ? DurationText.Format(window) : "",
            Direction = rule.Direction,
            Value = Text(rule.Value),
            Relative = rule.Relative ? "yes" : "no",
            Against = rule.Against,
            Severity = rule.Severity is { } severity ? severity.ToString() : "",
            ForWindows = rule.ForWindows.ToString(CultureInfo.InvariantCulture),
            OfWindows = rule.OfWindows.ToString(CultureInfo.InvariantCulture),
            MinimumN = rule.MinimumN.ToString(CultureInfo.InvariantCulture),
            EffectFloor = Text(rule.EffectFloor),
            DryRun = rule.DryRun ? "yes" : "no",
            Enabled = rule.Enabled,
        };

    /// <summary>A new rule of a kind, with what is usual for it.</summary>
    public static RuleDraft New(RuleKind kind) =>
        new()
        {
            Kind = kind,
            Metric = kind.UsualMetric,
            Direction = kind.Has(RuleSettings.AboveOrBelow) ? RuleDirection.Above : RuleDirection.Auto,
            MinimumN = kind.Has(RuleSettings.Rows) ? "30" : "0",
        };

    /// <summary>The rule, and what cannot be read as a number; only the fields of its kind count.</summary>
    public (Rule Rule, IReadOnlyList<FieldError> Errors) Read()
    {
        var errors = new List<FieldError>();
        var rule = new Rule
        {
            Name = Name.Trim(),
            Kind = Kind,
            Metric = Kind.OnlyMetric ?? Metric.Trim(),
            Features = HasFeatures && Names(Features) is { Count: > 0 } names ? names : null,
            Class = HasFeatures ? Filled(Class) : null,
            Segment = Segment.Trim(),
            Version = Version.Trim(),
            ThanVersion = Kind.Has(RuleSettings.ThanVersion) ? Filled(ThanVersion) : null,
            Window = DurationText.TryParse(Filled(Window), out var window) ? window : null,
            Direction = HasDirection ? Direction : RuleDirection.Auto,
            Value = HasValue ? Number("value", Value, errors) : null,
            Relative = Kind.Has(RuleSettings.Relative) && Relative == "yes",
            Against = Kind.Has(RuleSettings.Against) ? Against : ChangeBase.PreviousPeriod,
            Severity = Enum.TryParse<AlertSeverity>(Severity, out var severity) ? severity : null,
            ForWindows = HasDuration ? Whole("for_windows", ForWindows, errors) : 2,
            OfWindows = HasDuration ? Whole("of_windows", OfWindows, errors) : 2,
            MinimumN = Whole("minimum_n", MinimumN, errors),
            EffectFloor = Kind.Has(RuleSettings.EffectFloor) ? Number("effect_floor", EffectFloor, errors) : null,
            DryRun = DryRun == "yes",
            Enabled = Enabled,
        };
        return (rule, errors);
    }

    /// <summary>
    /// What the field of features may become with one name more: the names that are typed, and each feature that is not among them.
    /// </summary>
    public IEnumerable<string> Completions(ModelDefinition model)
    {
        var typed = Features.LastIndexOf(',') is var comma and >= 0 ? $"{Features[..comma].TrimEnd()}, " : "";
        var taken = Names(typed);
        return model
            .Features.Select(feature => feature.Name)
            .Where(name => !taken.Contains(name, StringComparer.Ordinal))
            .Take(MostCompletions)
            .Select(name => typed + name);
    }

    /// <summary>More than a list under a field can show; typing narrows it down in the browser.</summary>
    private const int MostCompletions = 1_000;

    private static double? Number(string field, string text, List<FieldError> errors)
    {
        if (Filled(text) is not { } filled)
            return null;
        if (double.TryParse(filled, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Add(new FieldError(field, "Not a number; write it like 0.05."));
        return null;
    }

    private static int Whole(string field, string text, List<FieldError> errors)
    {
        if (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Add(new FieldError(field, "A whole number is needed."));
        return 1;
    }

    private static string Text(double? value) => value?.ToString("G", CultureInfo.InvariantCulture) ?? "";

    private static string? Filled(string text) => text.Trim() is { Length: > 0 } filled ? filled : null;

    private static List<string> Names(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
