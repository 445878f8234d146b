using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Plumbline.Events;

namespace Plumbline.Registry.Models;

/// <summary>What a model answers with.</summary>
public enum ModelTask
{
    Binary,
    Multiclass,
    Regression,
}

/// <summary>How the values of a feature are kept and compared.</summary>
public enum FeatureType
{
    Numeric,
    Categorical,
    Boolean,
    Text,
}

/// <summary>Limits of what can be declared. They are documented in docs/http-api.md.</summary>
public static class ModelLimits
{
    /// <summary>Shortest period that anything can be declared to be kept.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromDays(1);

    /// <summary>Features per model. Each is a column of the model's table.</summary>
    public const int MaxFeatures = 5_000;

    /// <summary>Classes per model.</summary>
    public const int MaxClasses = 1_000;

    /// <summary>
    /// Classes of a model over all its declarations; further ones are counted with the predictions and have no share of their own.
    /// </summary>
    public const int MaxClassBins = 4 * MaxClasses;

    /// <summary>Segment dimensions per model; each multiplies the profiles.</summary>
    public const int MaxSegments = 20;

    /// <summary>Two-way crosses of segment dimensions per model.</summary>
    public const int MaxCrosses = 10;

    /// <summary>Watched slices per model; each is a segment.</summary>
    public const int MaxSlices = 20;

    /// <summary>Names of business signals per model; further names are stored, and computed nowhere.</summary>
    public const int MaxSignals = 50;

    /// <summary>Characters of a model, version or class name.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Characters of a feature name.</summary>
    public const int MaxFeatureNameLength = 256;

    /// <summary>
    /// Versions of a model that traffic names and that are told apart: the first ones seen. All further ones are counted together, as
    /// <see cref="VersionPlaces.Other"/>.
    /// </summary>
    public const int MaxVersions = 200;

    /// <summary>
    /// Versions of a model that are told apart, those that were declared included: a declared version has a place of its own, however late
    /// it comes.
    /// </summary>
    public const int MaxDeclaredVersions = 1_000;

    /// <summary>Models of one server.</summary>
    public const int MaxModels = 10_000;
}

/// <summary>One feature of a model.</summary>
/// <param name="Ordinal">The number in the column's name; no other feature of the model ever has it. A feature that gets another type gets
/// another column.</param>
/// <param name="Name">The client's name for it; any text without control characters, 1..256 characters, not starting with '@'.</param>
/// <param name="Type">How values are kept. It changes only by <see cref="IFeatureRetyping"/>, which converts what is stored.</param>
/// <param name="Unit">For display only.</param>
/// <param name="Declared">False when inferred from a reference or from traffic.</param>
/// <param name="Provisional">True while the type was inferred from little traffic: what comes next may still show that it is
/// another.</param>
/// <param name="Former">The column that the feature had before its type changed, until everything stored there is converted.</param>
/// <param name="Private">True when its values leave in no export unless an administrator asks.</param>
public sealed record FeatureDefinition(
    int Ordinal,
    string Name,
    FeatureType Type,
    string? Unit,
    bool Declared,
    bool Provisional = false,
    FormerColumn? Former = null,
    bool Private = false
)
{
    /// <summary>The column in the model's tables; made of our own number, never of user text.</summary>
    [JsonIgnore]
    public string Column => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"f{Ordinal}");
}

/// <summary>A column that a feature had under another type.</summary>
public sealed record FormerColumn(int Ordinal, FeatureType Type);

/// <summary>How many false alarms the owner accepts per period; alerting keeps to it.</summary>
public sealed record FalseAlarmBudget(double Alarms, TimeSpan Per);

/// <summary>A model as declared and as inferred so far: an immutable snapshot, replaced as a whole by <see cref="ModelCatalog"/>.</summary>
public sealed record ModelDefinition
{
    /// <summary>The most usual first.</summary>
    private static readonly string[] UsualPositiveClasses = ["1", "true", "yes", "positive"];

    private ImmutableArray<FeatureDefinition> _features = [];
    private int _nextOrdinal;
    private ImmutableArray<string> _classes = [];
    private ImmutableArray<string> _classBins = [];
    private ImmutableDictionary<string, FeatureDefinition>? _byName;
    private ImmutableArray<string> _segments = [];
    private ImmutableArray<WatchedSlice> _slices = [];
    private ImmutableArray<string> _segmentKeys;

    /// <summary>The number in table names; given by the state database.</summary>
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required ModelTask Task { get; init; }

    /// <summary>Binary only: the class whose probability <c>score</c> is. Null until declared or inferred.</summary>
    public string? PositiveClass { get; init; }

    /// <summary>Known classes, declared first, then as seen. Empty for regression.</summary>
    public ImmutableArray<string> Classes
    {
        get => _classes;
        init => (_classes, _classBins) = (value, Grown(_classBins, value));
    }

    /// <summary>
    /// Every class that was ever known, in the order in which it became known. Stored profiles count the predicted class by this list, so
    /// it only grows at the end, whatever a declaration says of order and number: a declaration must not give stored counts other names.
    /// </summary>
    public ImmutableArray<string> ClassBins
    {
        get => _classBins;
        init => _classBins = Grown(value, _classes);
    }

    /// <summary>
    /// The classes as they were declared last; empty when only traffic and references named them. What else is among <see cref="Classes"/>
    /// is overflow.
    /// </summary>
    public ImmutableArray<string> DeclaredClasses { get; init; } = [];

    /// <summary>
    /// The versions that are told apart, once there are more than those (<see cref="VersionPlaces"/>); empty while all are. The catalogue
    /// keeps it, beside what is declared.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<string> VersionsApart { get; init; } = [];

    /// <summary>How true and false are written where they are the two classes of the model.</summary>
    [JsonIgnore]
    public ClassForm ClassForm => Task == ModelTask.Binary ? ClassNames.FormOf(Classes.Prepend(PositiveClass)) : ClassForm.AsWritten;

    /// <summary>
    /// True while no class tells how true and false are written; a declared pair of other names settles that they are not.
    /// </summary>
    [JsonIgnore]
    public bool LearnsClassForm => Task == ModelTask.Binary && ClassForm == ClassForm.AsWritten && Classes.Length < 2;

    /// <summary>The one text of a class of this model, as events and references are stored with it.</summary>
    public string ClassOf(string written) => ClassNames.Canonical(written, ClassForm);

    /// <summary>
    /// True for a label that no answer of the model can equal: it is kept and counted, and left out where answers are held against ground
    /// truth. Where the classes were declared these are meant; a two-class model has two whoever named them; else every label may be one
    /// that the model does not know yet.
    /// </summary>
    public bool IsOutside(string label) =>
        Task switch
        {
            ModelTask.Regression => false,
            _ when !DeclaredClasses.IsEmpty => !DeclaredClasses.Contains(label),
            ModelTask.Binary => Classes.Length >= 2 && !Classes.Contains(label) && label != PositiveClass,
            _ => false,
        };

    /// <summary>Declared first or seen first, first.</summary>
    public ImmutableArray<FeatureDefinition> Features
    {
        get => _features;
        // A `with` copies the private index too: it must not outlive the features it was made from.
        init => (_features, _byName) = (value, null);
    }

    /// <summary>The <see cref="FeatureDefinition.Ordinal"/> of the next new column: above all that were ever given.</summary>
    public int NextOrdinal
    {
        get => Features.Aggregate(_nextOrdinal, (next, feature) => Math.Max(next, feature.Ordinal + 1));
        init => _nextOrdinal = value;
    }

    /// <summary>Names that were dropped as features: their values are not stored until somebody declares them again.</summary>
    public ImmutableArray<string> DroppedFeatures { get; init; } = [];

    /// <summary>Names of features whose values split every metric.</summary>
    public ImmutableArray<string> Segments
    {
        get => _segments;
        init => (_segments, _segmentKeys) = (value, default);
    }

    /// <summary>
    /// Length of the base window, aligned to the epoch in UTC. Range 1 minute..1 day, a divisor of a day; default 1 hour.
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after its end a window stays open for late events. Default 10 minutes.</summary>
    public TimeSpan AllowedLateness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long ground truth usually takes. Null when not declared.</summary>
    public TimeSpan? LabelDelay { get; init; }

    public DecisionCost? Cost { get; init; }

    /// <summary>Business signals: the declared ones, then those that were seen, at most <see cref="ModelLimits.MaxSignals"/>.</summary>
    public ImmutableArray<SignalDefinition> Signals { get; init; } = [];

    /// <summary>Pairs of <see cref="Segments"/> whose combinations are segments too.</summary>
    public ImmutableArray<SegmentCross> Crosses { get; init; } = [];

    /// <summary>Slices that are watched as segments of the dimension <see cref="WatchedSlice.Dimension"/>.</summary>
    public ImmutableArray<WatchedSlice> Slices
    {
        get => _slices;
        init => (_slices, _segmentKeys) = (value, default);
    }

    public FalseAlarmBudget? FalseAlarmBudget { get; init; }

    /// <summary>Age above which predictions are refused. Null takes any age. What is stored already is not dropped yet.</summary>
    public TimeSpan? PredictionRetention { get; init; }

    /// <summary>Age above which profiles may be dropped. Kept with the declaration; nothing is dropped yet.</summary>
    public TimeSpan? ProfileRetention { get; init; }

    /// <summary>
    /// The class whose probability <c>score</c> is: the declared one, else the class that is called 1, true, yes or positive,
    /// else the last of the known classes, two at least, in ordinal order. Null when there is no telling, and for other tasks.
    /// </summary>
    [JsonIgnore]
    public string? EffectivePositiveClass => Task != ModelTask.Binary ? null : PositiveClass ?? InferPositiveClass();

    private string? InferPositiveClass() =>
        UsualPositiveClasses
            .Select(usual => Classes.FirstOrDefault(known => known.Equals(usual, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(found => found is not null)
        ?? (Classes.Length < 2 ? null : Classes.Max(StringComparer.Ordinal));

    /// <summary>
    /// Whether this definition gives names of another one another meaning: a slice of the same name with other conditions, another positive
    /// class. What was computed under the name is then to be computed again.
    /// </summary>
    public bool Redefines(ModelDefinition before) =>
        (before.EffectivePositiveClass is { } positive && EffectivePositiveClass != positive)
        || Slices.Any(slice => before.Slices.Any(known => known.Name == slice.Name && !known.Where.SequenceEqual(slice.Where)));

    private static ImmutableArray<string> Grown(ImmutableArray<string> bins, ImmutableArray<string> classes) =>
        classes.All(bins.Contains) ? bins : [.. bins.Union(classes, StringComparer.Ordinal).Take(ModelLimits.MaxClassBins)];

    /// <summary>The feature of that exact name, or null.</summary>
    public FeatureDefinition? FindFeature(string name)
    {
        var byName = _byName ??= Features.ToImmutableDictionary(feature => feature.Name, StringComparer.Ordinal);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>The signal of that exact name, or null.</summary>
    public SignalDefinition? FindSignal(string name) => Signals.FirstOrDefault(signal => signal.Name == name);

    /// <summary>The dimension of each segment column: of every segment feature, then of every slice.</summary>
    [JsonIgnore]
    public ImmutableArray<string> SegmentKeys
    {
        get
        {
            // Asked for every row that is put into its segments, so it is made once.
            if (_segmentKeys.IsDefault)
                _segmentKeys = [.. Segments, .. Slices.Select(_ => WatchedSlice.Dimension)];
            return _segmentKeys;
        }
    }

    /// <summary>Start of the base window that holds <paramref name="time"/>.</summary>
    public DateTimeOffset WindowStart(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks(ticks - Modulo(ticks, Window.Ticks));
    }

    private static long Modulo(long value, long length) => ((value % length) + length) % length;
}
