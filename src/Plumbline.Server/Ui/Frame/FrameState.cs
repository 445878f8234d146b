namespace Plumbline.Server.Ui.Frame;

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

    public event EventHandler? Changed;

    public void Show(IReadOnlyList<(string Words, string? Address)> crumbs, bool showsRange = false, bool demo = false,
        IReadOnlyList<string>? versions = null, IReadOnlyList<string>? segments = null, (DateTimeOffset From, DateTimeOffset To)? range = null)
    {
        (Crumbs, ShowsRange, Demo, Range) = (crumbs, showsRange, demo, range);
        Versions = versions ?? [];
        Segments = segments ?? [];
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
