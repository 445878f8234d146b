using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Charts;

/// <summary>What every chart has: a text summary, a legend, the drawing, and the same numbers as a table.</summary>
public sealed partial class ChartCanvas
{
    private ElementReference _element;
    private DotNetObjectReference<ChartCanvas>? _self;
    private object? _drawn;
    private bool _opened;

    [CascadingParameter]
    public PageScope? Scope { get; set; }

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    [Parameter]
    public int Height { get; set; } = 180;

    /// <summary>What the chart module draws; a new object is drawn, the same object is left alone.</summary>
    [Parameter, EditorRequired]
    public object Description { get; set; } = null!;

    [Parameter]
    public RenderFragment? Legend { get; set; }

    /// <summary>The newest numbers, large, in place of the sentence; that is then for those who hear the page, and on hover.</summary>
    [Parameter]
    public RenderFragment? Numbers { get; set; }

    [Parameter]
    public RenderFragment? Twin { get; set; }

    /// <summary>Whether what the page is compared with is in the drawing, in its summary and in its table too.</summary>
    [Parameter]
    public bool Compared { get; set; }

    /// <summary>A cell of a heat map was chosen: its row and the start of its window.</summary>
    [Parameter]
    public EventCallback<(string Row, DateTimeOffset Start)> OnPick { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_drawn, Description))
            return;
        _drawn = Description;
        _self ??= DotNetObjectReference.Create(this);
        try
        {
            await Module.DrawAsync(_element, Description, _self);
        }
        catch (Exception failure) when (BrowserPage.IsGone(failure))
        {
            // The reader left while the chart was on its way.
        }
    }

    /// <summary>A stretch of the time axis was marked with the mouse: it becomes the range of the page.</summary>
    [JSInvokable]
    public void ZoomAsync(long from, long to)
    {
        if (Scope is not null && to > from)
        {
            Navigation.NavigateTo(
                Scope.With(
                    ("range", null),
                    ("from", TimeRange.Text(DateTimeOffset.FromUnixTimeMilliseconds(from))),
                    ("to", TimeRange.Text(DateTimeOffset.FromUnixTimeMilliseconds(to)))
                )
            );
        }
    }

    [JSInvokable]
    public Task PickAsync(string row, long start) =>
        InvokeAsync(() => OnPick.InvokeAsync((row, DateTimeOffset.FromUnixTimeMilliseconds(start))));

    public async ValueTask DisposeAsync()
    {
        if (_drawn is not null)
            await Module.EraseAsync(_element);
        _self?.Dispose();
    }
}
