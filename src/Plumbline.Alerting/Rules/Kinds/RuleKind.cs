using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>
/// How a rule decides whether a window is suspicious: which settings it has, how it judges, and its words. A kind is one file beside this
/// one; a class with a static property <c>Kind</c> of its type is found by itself.
/// </summary>
[JsonConverter(typeof(RuleKindJson))]
[TypeConverter(typeof(RuleKindText))]
public abstract class RuleKind
{
    /// <summary>Every kind, the simplest first.</summary>
    public static IReadOnlyList<RuleKind> All { get; } =
    [
        .. typeof(RuleKind)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(RuleKind)))
            .Select(type => (RuleKind)type.GetProperty("Kind", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!)
            .OrderBy(kind => kind.Order),
    ];

    /// <summary>As rules are written: <c>threshold</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A name that it had before, which is still read; null for none.</summary>
    public virtual string? FormerName => null;

    /// <summary>As people call it.</summary>
    public abstract string Title { get; }

    /// <summary>Where it stands in lists.</summary>
    public abstract int Order { get; }

    /// <summary>The settings of a rule that this kind uses; the others must be left alone.</summary>
    public abstract RuleSettings Settings { get; }

    /// <summary>The one metric that it watches; null for any.</summary>
    public virtual string? OnlyMetric => null;

    /// <summary>The metric that a new rule of it begins with.</summary>
    public virtual string UsualMetric => OnlyMetric ?? "";

    /// <summary>
    /// True when windows add to evidence for a change, within the model's false-alarm budget, in place of a verdict on each of them: then
    /// <see cref="Evaluate"/> is not asked.
    /// </summary>
    public virtual bool GathersEvidence => false;

    /// <summary>True when it judges by the clock: also windows in which nothing came.</summary>
    public virtual bool IsEvaluatedByClock => false;

    /// <summary>True when it looks at other versions than the one that it watches.</summary>
    public virtual bool ComparesVersions => false;

    /// <summary>As the form calls the value.</summary>
    public virtual string ValueLabel => "Value";

    /// <summary>The kind of this name; null when there is none.</summary>
    public static RuleKind? Find(string? name) =>
        All.FirstOrDefault(kind =>
            string.Equals(kind.Name, name, StringComparison.Ordinal)
            || (name is not null && string.Equals(kind.FormerName, name, StringComparison.Ordinal))
        );

    /// <summary>Whether the rule has this setting.</summary>
    public bool Has(RuleSettings setting) => (Settings & setting) != RuleSettings.None;

    /// <summary>How far before a window it looks; zero for kinds that do not.</summary>
    public virtual TimeSpan LooksBack(Rule rule) => TimeSpan.Zero;

    /// <summary>True when the first windows are kept as what was normal.</summary>
    public virtual bool LearnsNormal(Rule rule) => false;

    /// <summary>What is wrong with a rule beside what its settings say.</summary>
    public virtual IEnumerable<FieldError> Check(Rule rule) => [];

    /// <summary>
    /// Whether a window is suspicious. Where a point has an interval, the whole interval must be beyond the limit: chance alone does not
    /// alarm.
    /// </summary>
    public abstract WindowVerdict Evaluate(EvaluatedWindow window);

    /// <summary>When a rule fires, as a sentence without its subject.</summary>
    public abstract string Describe(Rule rule, RuleUnits units);

    public override string ToString() => Name;
}
