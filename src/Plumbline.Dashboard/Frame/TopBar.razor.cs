using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Frame;

/// <summary>Where one is, the range of time that pages speak of, and what holds everywhere.</summary>
public sealed partial class TopBar
{
    private DateTime _from;
    private DateTime _to;
    private (DateTimeOffset, DateTimeOffset)? _shown;
    private string _typed = "";
    private bool _mistyped;

    /// <summary>Shows twice as much time around the same middle.</summary>
    [Parameter]
    public EventCallback OnWiden { get; set; }

    private const string Off = "off";

    private void ChoosePace(ChangeEventArgs change)
    {
        var chosen = change.Value?.ToString();
        // An address says only what differs from the usual pace.
        var pace = chosen == Off || chosen == PageScope.Paces[1].Key ? null : chosen;
        Navigation.NavigateTo(Scope.With(("paused", chosen == Off ? "1" : null), (PageScope.RefreshKey, pace)));
    }

    private void ApplyTyped()
    {
        var range = TimeRange.Typed(_typed);
        _mistyped = range is null;
        if (range is not null)
            Navigation.NavigateTo(Scope.With(("range", range), ("from", null), ("to", null)));
    }

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    /// <summary>Who is signed in.</summary>
    [Parameter, EditorRequired]
    public Actor Actor { get; set; } = null!;

    [Parameter]
    public EventCallback OnTheme { get; set; }

    [Parameter]
    public EventCallback OnPalette { get; set; }

    [Parameter]
    public EventCallback OnKeys { get; set; }

    private string ThemeWords => Browser.Theme == "auto" ? "as the system" : Browser.Theme;

    private string ThemeDrawing =>
        Browser.Theme switch
        {
            "dark" => "M8 2a6 6 0 0 1 0 12z M8 2a6 6 0 0 0 0 12z",
            "light" => "M8 8h0",
            _ => "M8 2a6 6 0 0 1 0 12z",
        };

    private string ZoneWords => Browser.Zone.Id;

    private string RangeWords
    {
        get
        {
            if (Frame.Range is not { } range || !(Scope.Range.Fixed || IsMoved))
                return Scope.Range.Words;
            var now = Time.GetUtcNow();
            return $"{Browser.Local(range.From, now)} \u2013 {Browser.Local(range.To, now)}";
        }
    }

    /// <summary>Nobody chose, and the page shows another range than the usual one: where the events are, or more of them.</summary>
    private bool IsMoved =>
        Scope.Range.Unchosen
        && Frame.Range is { } range
        && (range.To < Time.GetUtcNow() - TimeSpan.FromDays(1) || range.To - range.From > TimeRange.DefaultLength);

    private bool IsChosen(string preset) => !Scope.Range.Fixed && !IsMoved && preset == (Scope.Range.Preset ?? TimeRange.DefaultPreset);

    protected override void OnParametersSet()
    {
        var range = Frame.Range ?? Scope.Range.Resolve(Time.GetUtcNow());
        if (_shown is { } shown && shown.Item1 == range.From && shown.Item2 == range.To)
            return;
        _shown = range;
        _from = Minute(TimeZoneInfo.ConvertTime(range.From, Browser.Zone).DateTime);
        _to = Minute(TimeZoneInfo.ConvertTime(range.To, Browser.Zone).DateTime);
    }

    private void Choose(string key, ChangeEventArgs change) => Navigation.NavigateTo(Scope.With((key, change.Value?.ToString())));

    private void ApplyCustom() =>
        Navigation.NavigateTo(Scope.With(("range", null), ("from", TimeRange.Text(InZone(_from))), ("to", TimeRange.Text(InZone(_to)))));

    // Around a change to summer time some local times do not exist; they count as the hour after.
    private DateTimeOffset InZone(DateTime local) =>
        Browser.Zone.IsInvalidTime(local) ? InZone(local.AddHours(1)) : new DateTimeOffset(local, Browser.Zone.GetUtcOffset(local));

    private static DateTime Minute(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);
}
