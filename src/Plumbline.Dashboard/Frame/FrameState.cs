namespace Plumbline.Dashboard.Frame;

/// <summary>What the open page tells the frame: its place, and what version and segment chooser may offer.</summary>
public sealed class FrameState
{
    public IReadOnlyList<(string Words, string? Address)> Crumbs { get; private set; } = [];

    public IReadOnlyList<string> Versions { get; private set; } = [];

    public IReadOnlyList<string> Segments { get; private set; } = [];

    /// <summary>The time range in use, where the page could resolve one.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Range { get; private set; }

    public bool ShowsRange { get; private set; }

    public bool Demo { get; private set; }

    /// <summary>
    /// Where who is signed in goes when that ends by what they do themselves, such as a new password; null: to the sign-in page, and back
    /// here from there.
    /// </summary>
    public string? LeavesFor { get; set; }

    public event EventHandler? Changed;

    /// <summary>
    /// Says what the frame shows. The same again is silent: the frame renders the page inside it, and a page that spoke up
    /// at each of its renderings would set off the next one, without end.
    /// </summary>
    public void Show(
        IReadOnlyList<(string Words, string? Address)> crumbs,
        bool showsRange = false,
        bool demo = false,
        IReadOnlyList<string>? versions = null,
        IReadOnlyList<string>? segments = null,
        (DateTimeOffset From, DateTimeOffset To)? range = null
    )
    {
        if (
            Crumbs.SequenceEqual(crumbs)
            && Versions.SequenceEqual(versions ?? [])
            && Segments.SequenceEqual(segments ?? [])
            && (ShowsRange, Demo, Range) == (showsRange, demo, range)
        )
        {
            return;
        }

        (Crumbs, ShowsRange, Demo, Range) = (crumbs, showsRange, demo, range);
        Versions = versions ?? [];
        Segments = segments ?? [];
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
