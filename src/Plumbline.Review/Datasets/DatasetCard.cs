namespace Plumbline.Review.Datasets;

/// <summary>A name, and how many rows it has in each split and in all.</summary>
/// <param name="Name">A part, a class, a source ..</param>
/// <param name="Rows">Rows of all splits.</param>
/// <param name="Splits">Rows by split; splits without one are left out.</param>
public sealed record CardCount(string Name, long Rows, IReadOnlyDictionary<string, long> Splits);

/// <summary>A column of the files.</summary>
/// <param name="Name">As in the files.</param>
/// <param name="Type"><c>string</c>, <c>number</c>, <c>boolean</c> or <c>time</c>.</param>
/// <param name="Feature">The feature that it holds; null for other columns.</param>
/// <param name="Missing">Rows without a value.</param>
/// <param name="Private">Whether its values leave only where an administrator asks.</param>
public sealed record CardColumn(string Name, string Type, string? Feature, long Missing, bool Private = false);

/// <summary>How far a feature of the rows is from the reference.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Psi">Population stability index over the reference's deciles or most frequent values; null without any.</param>
public sealed record CardDrift(string Feature, double? Psi);

/// <summary>Something that is in two splits and should not be: a test on it is easier than the truth.</summary>
/// <param name="Groups">Entities, or sets of rows that are nearly the same, that are in two splits or more.</param>
/// <param name="Rows">Their rows.</param>
/// <param name="Examples">Prediction ids of a row of the first ones, at most 10.</param>
public sealed record CardLeak(long Groups, long Rows, IReadOnlyList<string> Examples);

/// <summary>Who answered.</summary>
/// <param name="Name">Of the account or key.</param>
/// <param name="IsRobot">True for a script that answered in place of a person.</param>
/// <param name="Answers">Answers that count, to tasks whose rows are in it.</param>
public sealed record CardAnnotator(string Name, bool IsRobot, long Answers);

/// <summary>Rows that were chosen and are not in it.</summary>
/// <param name="Reason">Why, in words.</param>
/// <param name="Rows">How many.</param>
public sealed record CardLeftOut(string Reason, long Rows);

/// <summary>What is in a version of a data set.</summary>
public sealed record DatasetCard
{
    /// <summary>Rows of all splits.</summary>
    public long Rows { get; init; }

    /// <summary>Rows with a label.</summary>
    public long Labelled { get; init; }

    /// <summary>Rows by split.</summary>
    public IReadOnlyDictionary<string, long> Splits { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>By part of the recipe.</summary>
    public IReadOnlyList<CardCount> Parts { get; init; } = [];

    /// <summary>By label, the most frequent first, at most 100; empty for numbers.</summary>
    public IReadOnlyList<CardCount> Classes { get; init; } = [];

    /// <summary>By who said the label.</summary>
    public IReadOnlyList<CardCount> LabelSources { get; init; } = [];

    /// <summary>By version of the model that answered, at most 100.</summary>
    public IReadOnlyList<CardCount> Versions { get; init; } = [];

    /// <summary>Predictions about whose label sources disagreed, those left out included.</summary>
    public long Conflicts { get; init; }

    /// <summary>What was chosen and is not in it.</summary>
    public IReadOnlyList<CardLeftOut> LeftOut { get; init; } = [];

    /// <summary>Time of the first prediction; null where no row has one.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Time of the last prediction.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The columns of the files, in their order.</summary>
    public IReadOnlyList<CardColumn> Columns { get; init; } = [];

    /// <summary>Number of the reference whose rows are in it; null without any.</summary>
    public int? Reference { get; init; }

    /// <summary>How far each feature is from the reference, the farthest first; empty without a reference.</summary>
    public IReadOnlyList<CardDrift> Drift { get; init; } = [];

    /// <summary>Entities in two splits; null where the recipe names no entity.</summary>
    public CardLeak? EntityLeak { get; init; }

    /// <summary>Rows in two splits that are nearly the same, but for those with the same id.</summary>
    public CardLeak NearDuplicates { get; init; } = new(0, 0, []);

    /// <summary>Who answered the reviewed rows, who answered most first.</summary>
    public IReadOnlyList<CardAnnotator> Annotators { get; init; } = [];
}
