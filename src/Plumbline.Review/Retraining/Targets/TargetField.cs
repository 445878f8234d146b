namespace Plumbline.Review.Retraining.Targets;

/// <summary>Something that targets of a kind are declared with. Reading, checking, storing, masking and the form follow from it.</summary>
/// <param name="Key">As it is declared: <c>repository</c>.</param>
/// <param name="Label">As the form calls it.</param>
public sealed record TargetField(string Key, string Label)
{
    public bool IsNeeded { get; init; }

    /// <summary>Encrypted where it is stored, and never shown again.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A URL: checked as an address that may be called.</summary>
    public bool IsAddress { get; init; }

    /// <summary>JSON with places, given as JSON or as a text of it.</summary>
    public bool IsJson { get; init; }

    /// <summary>Shown in the form where nothing is typed.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Longest value, in characters.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>What holds when nothing is given; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>What is wrong with a value; null for nothing. Never with the value in it.</summary>
    public Func<string, string?> Check { get; init; } = _ => null;

    /// <summary>The base address of a system.</summary>
    public static TargetField Url { get; } =
        new("url", "URL")
        {
            IsNeeded = true,
            IsAddress = true,
            Hint = "https://",
        };

    /// <summary>The value of an Authorization header.</summary>
    public static TargetField Authorization { get; } =
        new("authorization", "Authorization header")
        {
            IsSecret = true,
            Hint = "Bearer ..",
            MaxLength = 8192,
            Check = text => text.Any(letter => letter is > '~' or < ' ') ? "only ASCII characters are possible in it." : null,
        };
}
