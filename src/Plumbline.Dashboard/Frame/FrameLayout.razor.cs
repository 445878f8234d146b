using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Frame;

/// <summary>What is around every page: the rail, the bar with the range, the palette and the keys.</summary>
public sealed partial class FrameLayout
{
    private static readonly (string Key, string Words)[] Keys =
    [
        ("Ctrl K", "Jump to a model, a feature, an incident or a prediction id"),
        ("/", "Search on this page"),
        ("g f", "Fleet"),
        ("g i", "Incidents"),
        ("g e", "Explore"),
        ("g s", "System health"),
        ("j k", "Next or previous row of a list; Enter opens it"),
        ("x", "Select the row, where rows can be selected"),
        ("1 .. 9", "Review: answer with the class of that number"),
        ("s b e", "Review: skip, the input is broken, not my expertise"),
        ("f u n", "Review: flag, undo the last answer, write a note; Esc leaves the note"),
        ("[", "Earlier: move the time range back by half"),
        ("]", "Later"),
        ("-", "Zoom out: twice as much time"),
        ("l", "Live or paused"),
        ("t", "Theme: light, dark, as the system"),
        ("?", "These keys"),
        ("Esc", "Close"),
    ];

    private Actor _actor = Actor.Of(new ClaimsPrincipal());
    private PageScope _scope = null!;
    private CommandPalette? _palette;
    private ErrorBoundary? _boundary;
    private ElementReference _keys;
    private DotNetObjectReference<FrameLayout>? _self;
    private ITimer? _timer;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>A key that leads to another page.</summary>
    private static bool Everywhere(string key) => key.StartsWith("g ", StringComparison.Ordinal);

    protected override async Task OnParametersSetAsync() => _actor = Actor.Of((await Authentication).User);

    protected override void OnInitialized()
    {
        _scope = PageScope.Parse(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
        Frame.Changed += OnFrameChanged;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        try
        {
            await Browser.StartAsync(_self);
        }
        catch (Exception failure) when (BrowserPage.IsGone(failure))
        {
            return;
        }
        _timer = Time.CreateTimer(_ => _ = InvokeAsync(Beat), null, _scope.Pace.Every, _scope.Pace.Every);
        StateHasChanged();
    }

    private void Beat()
    {
        // A fixed range does not move, and a paused page has been asked to stand still.
        if (_scope.Paused || _scope.Range.Fixed)
            return;
        _scope = _scope with { Pulse = _scope.Pulse + 1 };
        StateHasChanged();
    }

    [JSInvokable]
    public Task PressedAsync(string key)
    {
        switch (key)
        {
            case "palette":
                return OpenPaletteAsync();
            case "?":
                return OpenKeysAsync();
            case "t":
                return CycleThemeAsync();
            case "l":
                Navigation.NavigateTo(_scope.With(("paused", _scope.Paused ? null : "1")));
                break;
            case "g f":
                Navigation.NavigateTo(Links.Fleet);
                break;
            case "g i":
                Navigation.NavigateTo(Links.Incidents);
                break;
            case "g e":
                Navigation.NavigateTo(_scope.Model is { } model ? _scope.To(Links.ExploreModel(model)) : Links.Explore);
                break;
            case "g s":
                Navigation.NavigateTo(Links.Self);
                break;
            case "[":
                Move(-0.5);
                break;
            case "]":
                Move(0.5);
                break;
            case "-":
                Widen();
                break;
        }
        return Task.CompletedTask;
    }

    /// <summary>An end of the range for what is saved; null, hence no attribute, where the page has none.</summary>
    private static string? Edge(DateTimeOffset? time) => time is { } known ? TimeRange.Text(known) : null;

    private void Move(double part)
    {
        if (!Frame.ShowsRange)
            return;
        var (from, to) = Frame.Range ?? _scope.Range.Resolve(Time.GetUtcNow());
        var step = (to - from) * part;
        Navigation.NavigateTo(_scope.With(("range", null), ("from", TimeRange.Text(from + step)), ("to", TimeRange.Text(to + step))));
    }

    private void Widen()
    {
        if (!Frame.ShowsRange)
            return;
        var (from, to) = Frame.Range ?? _scope.Range.Resolve(Time.GetUtcNow());
        var (now, half) = (Time.GetUtcNow(), (to - from) / 2);
        // There is nothing to see after now: what would lie there is shown before.
        var end = to + half > now && to <= now ? now : to + half;
        Navigation.NavigateTo(_scope.With(("range", null), ("from", TimeRange.Text(end - (4 * half))), ("to", TimeRange.Text(end))));
    }

    private Task OpenPaletteAsync() => _palette?.OpenAsync() ?? Task.CompletedTask;

    private Task OpenKeysAsync() => Browser.OpenAsync(_keys).AsTask();

    private async Task CycleThemeAsync()
    {
        await Browser.SetThemeAsync(
            Browser.Theme switch
            {
                "auto" => "light",
                "light" => "dark",
                _ => "auto",
            }
        );
        StateHasChanged();
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        var before = _scope.Pace.Every;
        _scope = PageScope.Parse(change.Location, _scope.Pulse);
        if (_scope.Pace.Every is var every && every != before)
            _timer?.Change(every, every);
        _boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void OnFrameChanged(object? sender, EventArgs change) => _ = InvokeAsync(StateHasChanged);

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        Frame.Changed -= OnFrameChanged;
        _timer?.Dispose();
        _self?.Dispose();
    }
}
