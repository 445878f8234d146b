namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>What the value of a field looks like, in JSON, in YAML and in the form.</summary>
public enum FieldShape
{
    Text,
    List,
    Number,
    Choice,
}

/// <summary>
/// A value that a <see cref="FieldShape.Choice"/> may have, with its label in the form. The first one holds when none is given.
/// </summary>
public sealed record FieldChoice(string Value, string Label);

/// <summary>
/// Something that receivers of a kind are declared with. Reading, checking, storing, masking, showing and the form all follow from it. Two
/// kinds that share a key give it the same shape.
/// </summary>
/// <param name="Key">As it is declared: <c>routing_key</c>.</param>
/// <param name="Label">As the form calls it.</param>
public sealed record ReceiverField(string Key, string Label, FieldShape Shape = FieldShape.Text)
{
    /// <summary>Longest text of a field, and of each in a list.</summary>
    public const int MaxTextLength = 2048;

    public bool IsNeeded { get; init; }

    /// <summary>Encrypted where it is stored, and never shown again.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A URL: checked as an address that may be called, and shown without its query.</summary>
    public bool IsAddress { get; init; }

    /// <summary>Shown in the form where nothing is typed.</summary>
    public string Hint { get; init; } = "";

    /// <summary>At most this many values of a list.</summary>
    public int MaxItems { get; init; } = 1;

    /// <summary>Smallest and largest <see cref="FieldShape.Number"/>.</summary>
    public (long From, long To) Range { get; init; }

    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];

    /// <summary>What holds when the field is not given, so that it can be shown.</summary>
    public Func<ReceiverSpecification, object?> Default { get; init; } = _ => null;

    /// <summary>What is wrong with a text, or with one of a list; null for nothing. Never with a secret in it.</summary>
    public Func<string, string?> Check { get; init; } = _ => null;

    /// <summary>The value of an Authorization header.</summary>
    public static ReceiverField Authorization { get; } =
        new("authorization", "Authorization header")
        {
            IsSecret = true,
            Hint = "Bearer ..",
            Check = text => text.Any(letter => letter > '~') ? "only ASCII characters are possible in it." : null,
        };

    internal Type Type =>
        Shape switch
        {
            FieldShape.List => typeof(IReadOnlyList<string>),
            FieldShape.Number => typeof(long?),
            _ => typeof(string),
        };
}
