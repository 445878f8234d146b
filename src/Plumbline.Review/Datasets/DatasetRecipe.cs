using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Review.Datasets;

/// <summary>Which rows a part of a data set takes.</summary>
public enum DatasetPartKind
{
    /// <summary>Predictions whose review task came to a value.</summary>
    Reviewed,

    /// <summary>Predictions with ground truth from anywhere.</summary>
    Labelled,

    /// <summary>A uniform sample of all predictions.</summary>
    Random,

    /// <summary>Rows of the newest reference.</summary>
    Reference,
}

/// <summary>What counts where sources of ground truth disagree about a prediction.</summary>
public enum LabelConflict
{
    /// <summary>What people said in a review, else the newest.</summary>
    ReviewedFirst,

    /// <summary>What was said last.</summary>
    Newest,

    /// <summary>What most sources say; of equally many, what people said in a review, else the newest.</summary>
    Majority,

    /// <summary>Such rows are left out, and counted.</summary>
    Drop,
}

/// <summary>How rows come to training, validation and test.</summary>
public enum SplitKind
{
    /// <summary>The oldest are for training, the newest for the test; rows of the reference are for training.</summary>
    Time,

    /// <summary>All rows of one entity are in one split, which a hash of it chooses.</summary>
    Entity,

    /// <summary>A hash of the prediction's id chooses.</summary>
    Chance,
}

/// <summary>One part of a data set.</summary>
public sealed record DatasetPart
{
    /// <summary>Rows of one part when nobody says: 200,000.</summary>
    public const int DefaultRows = 200_000;

    /// <summary><c>reviewed</c>, <c>labelled</c>, <c>random</c> or <c>reference</c>.</summary>
    public DatasetPartKind Kind { get; init; }

    /// <summary>Most rows; from more a hash of the id chooses. Range 1..2,000,000, default 200,000.</summary>
    public int Rows { get; init; } = DefaultRows;

    /// <summary>Only predictions that match all of these, written as in a search. At most 20.</summary>
    public ImmutableArray<string> Filter { get; init; } = [];

    /// <summary>Of <c>reviewed</c>: only tasks that this policy chose. Null: of all.</summary>
    public string? Policy { get; init; }

    /// <summary>Of <c>random</c> and <c>reference</c>: true takes rows without ground truth as well. Default false.</summary>
    public bool Unlabelled { get; init; }
}

/// <summary>How rows come to training, validation and test.</summary>
public sealed record DatasetSplit
{
    /// <summary><c>time</c> (default), <c>entity</c> or <c>chance</c>.</summary>
    public SplitKind By { get; init; }

    /// <summary>The feature, or the field of the metadata, that says whom a row is about. Needed to split by it.</summary>
    public string? Entity { get; init; }

    /// <summary>Share for training. Range 0..1, default 0.8; the three make 1.</summary>
    public double Train { get; init; } = 0.8;

    /// <summary>Share for validation. Range 0..1, default 0.1.</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>Share for the test. Range 0..1, default 0.1.</summary>
    public double Test { get; init; } = 0.1;
}

/// <summary>What a data set is made of. Each version is made by the recipe as it was then.</summary>
public sealed record DatasetRecipe
{
    /// <summary>Rows of one version.</summary>
    public const int MaxRows = 2_000_000;

    /// <summary>Parts of one recipe.</summary>
    public const int MaxParts = 20;

    /// <summary>Splits that a row can be in, in their order.</summary>
    public static ImmutableArray<string> Splits { get; } = ["train", "validation", "test"];

    /// <summary>
    /// What rows are taken from, at most 20; a prediction that several choose is in the first of them by <c>reviewed</c>, <c>labelled</c>,
    /// <c>random</c>, <c>reference</c>. Default: reviewed, 10,000 random, 50,000 of the reference.
    /// </summary>
    public ImmutableArray<DatasetPart> Parts { get; init; } =
    [
        new() { Kind = DatasetPartKind.Reviewed },
        new() { Kind = DatasetPartKind.Random, Rows = 10_000 },
        new() { Kind = DatasetPartKind.Reference, Rows = 50_000 },
    ];

    /// <summary>Only predictions from this time on. Null: as <see cref="Days"/> says, else from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only predictions before this time. Null: until now.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only predictions of this many days back from when a version is made. Range 1..3650. Not together with from or to.</summary>
    public int? Days { get; init; }

    /// <summary>What counts where sources disagree. Default <c>reviewed_first</c>.</summary>
    public LabelConflict Conflict { get; init; }

    /// <summary>How rows come to training, validation and test.</summary>
    public DatasetSplit Split { get; init; } = new();

    /// <summary>Features, and columns such as <c>score</c>, that are in no row. At most 5,000.</summary>
    public ImmutableArray<string> LeaveOut { get; init; } = [];

    /// <summary>Decides what chance chooses. Range 0..2,147,483,647, default 0.</summary>
    public int Seed { get; init; }

    /// <summary>How recipes are written in the API and in the state.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
}
