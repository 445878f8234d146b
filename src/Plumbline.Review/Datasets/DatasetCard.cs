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
public sealed record CardColumn(string Name, string Type, string? Feature, long Missing);

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
}
