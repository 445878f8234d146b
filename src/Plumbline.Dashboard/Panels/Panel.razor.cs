using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Panels;

/// <summary>A part of a page that reads for itself: it shows a skeleton, fails alone, and reads again as its key changes.</summary>
/// <typeparam name="TContent">What is read.</typeparam>
public sealed partial class Panel<TContent>
{
    private readonly string _id = PanelIds.Next();
    private CancellationTokenSource? _running;
    private TContent? _content;
    private object? _key;
    private int _pulse;
    private bool _started;

    /// <summary>Seconds of reading from which on a reader wonders.</summary>
    private const int WorthSaying = 3;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A read is on its way: a pulse that comes meanwhile is skipped, or a slow read would never end.</summary>
    private bool _reading;
    private long _began;
    private int _waited;
    private ITimer? _clock;
    private bool _loading;
    private string? _failure;

    [CascadingParameter]
    public PageScope? Scope { get; set; }

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter]
    public RenderFragment? Note { get; set; }

    [Parameter]
    public RenderFragment? Actions { get; set; }

    [Parameter]
    public string? Class { get; set; }

    /// <summary>Height of the skeleton in pixels: that of the finished content, so that nothing jumps.</summary>
    [Parameter]
    public int Height { get; set; } = 180;

    /// <summary>What the content depends on; when it changes, the content is read again.</summary>
    [Parameter]
    public object? Key { get; set; }

    /// <summary>
    /// True for what is costly to read and was asked for once: the beats of a live page do not read it again, its <see cref="Key"/> does.
    /// </summary>
    [Parameter]
    public bool Still { get; set; }

    [Parameter, EditorRequired]
    public Func<CancellationToken, Task<TContent>> Load { get; set; } = null!;

    [Parameter, EditorRequired]
    public RenderFragment<TContent> ChildContent { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        // The first, static rendering shows skeletons only: reading everything twice would make each page cost double.
        if (!RendererInfo.IsInteractive)
            return;
        var pulse = Still ? 0 : Scope?.Pulse ?? 0;
        if (_started && Equals(_key, Key) && (_pulse == pulse || _reading))
            return;
        _clock ??= Time.CreateTimer(_ => _ = InvokeAsync(Tick), null, Second, Second);
        var sameThing = _started && Equals(_key, Key);
        (_started, _key, _pulse) = (true, Key, pulse);
        await ReloadAsync(quiet: sameThing);
    }

    private async Task ReloadAsync(bool quiet = false)
    {
        if (_running is not null)
            await _running.CancelAsync();
        var running = _running = new CancellationTokenSource();
        (_loading, _reading, _began) = (!quiet, true, Time.GetTimestamp());
        // What was read for another range or version is not shown under the new one's axis and words.
        if (!quiet)
            _content = null;
        try
        {
            var content = await Load(running.Token);
            if (running.IsCancellationRequested)
                return;
            (_content, _failure) = (content, null);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever fails stays in its panel: the rest of the page goes on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.PanelUnread(failure, Title);
            _failure = $"Plumbline's log has the details under \"{Title}\": {failure.Message}";
        }
        (_loading, _reading) = (false, false);
        StateHasChanged();
    }

    /// <summary>How long it has been reading, once that is worth saying; looked at as often as a second passes.</summary>
    private void Tick()
    {
        var seconds = _reading ? (int)Time.GetElapsedTime(_began).TotalSeconds : 0;
        var waited = seconds >= WorthSaying ? seconds : 0;
        if (waited == _waited)
            return;
        _waited = waited;
        StateHasChanged();
    }

    public void Dispose()
    {
        _clock?.Dispose();
        _running?.Cancel();
        _running?.Dispose();
    }
}
