namespace Plumbline.Dashboard.Charts;

/// <summary>
/// What a chart shows of the page itself (A) and, where the page is compared with something, of that (B). Every chart that can show both
/// takes its numbers so, and says with <c>data-compared</c> that it did.
/// </summary>
/// <param name="Own">Of the page.</param>
public sealed record Sides<T>(T Own)
{
    /// <summary>Of the other side; nothing where there is none, or where it has nothing.</summary>
    public T? Other { get; init; }

    /// <summary>What the page's own side is called.</summary>
    public string OwnWords { get; init; } = "";

    /// <summary>What the other side is called; null when the page is compared with nothing.</summary>
    public string? OtherWords { get; init; }

    /// <summary>Whether what the other side shows is earlier, and stands under the times of the page.</summary>
    public bool Moved { get; init; }

    /// <summary>Whether there are two sides, however much the other one has.</summary>
    public bool Compared => OtherWords is not null;

    /// <summary>The page's own side in a legend; what it is called alone when it is compared with nothing.</summary>
    public string NameOfOwn(string alone) => Compared ? $"A: {OwnWords}" : alone;

    /// <summary>Both sides changed alike.</summary>
    public Sides<TOther> Map<TOther>(Func<T, TOther> change) =>
        new(change(Own))
        {
            Other = Other is null ? default : change(Other),
            OwnWords = OwnWords,
            OtherWords = OtherWords,
            Moved = Moved,
        };

    /// <summary>A sentence of each side, each with the name of its side where there are two.</summary>
    /// <param name="describe">The sentence of a side.</param>
    public string Say(Func<T, string> describe) =>
        Compared ? $"A, {OwnWords}: {describe(Own)} B, {OtherWords}: {(Other is null ? Sides.Nothing : describe(Other))}" : describe(Own);

    /// <summary>The rows of a table of both sides, each with the name of its side.</summary>
    public IEnumerable<(string Side, TRow Row)> Rows<TRow>(Func<T, IEnumerable<TRow>> rows) =>
        rows(Own).Select(row => (Sides.OwnLetter, row)).Concat(Other is null ? [] : rows(Other).Select(row => (Sides.OtherLetter, row)));

    /// <summary>
    /// The other side as the chart module reads it: what it is called and what it shows; null when the page is compared with nothing.
    /// </summary>
    internal object? Compact(Func<T, object> describe) =>
        Compared
            ? new
            {
                Own = OwnWords,
                Words = OtherWords,
                Shown = Other is null ? null : describe(Other),
            }
            : null;
}

/// <summary>What sides of any kind have in common.</summary>
public static class Sides
{
    /// <summary>The page's own side in a table.</summary>
    public const string OwnLetter = "A";

    /// <summary>What it is compared with in a table.</summary>
    public const string OtherLetter = "B";

    /// <summary>What a side says that has nothing.</summary>
    public const string Nothing = "nothing in its range and scope.";

    /// <summary>One side, compared with nothing.</summary>
    public static Sides<T> Alone<T>(T own) => new(own);
}
