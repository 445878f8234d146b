using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Charts;

/// <summary>The one script that draws charts, loaded when the first chart of a session appears.</summary>
public sealed class ChartModule(IJSRuntime scripts) : IAsyncDisposable
{
    /// <summary>The library with which the script draws, by far the largest file of a page.</summary>
    public const string Library = "lib/echarts.min.js";

    /// <summary>The script with all that it imports.</summary>
    public static readonly IReadOnlyList<string> Scripts = ["js/charts.js", "js/axes.js", "js/colours.js", "js/figures.js", "js/sides.js"];

    private Task<IJSObjectReference>? _module;

    public async Task DrawAsync<T>(ElementReference element, object description, DotNetObjectReference<T> page)
        where T : class
    {
        var module = await (_module ??= scripts.InvokeAsync<IJSObjectReference>("import", $"./{Scripts[0]}").AsTask());
        await module.InvokeVoidAsync("draw", element, description, page);
    }

    public async Task EraseAsync(ElementReference element)
    {
        if (_module is null)
            return;
        try
        {
            await (await _module).InvokeVoidAsync("erase", element);
        }
        catch (Exception failure) when (BrowserPage.IsGone(failure))
        {
            // The browser is gone, and its charts with it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is null)
            return;
        try
        {
            await (await _module).DisposeAsync();
        }
        catch (Exception failure) when (BrowserPage.IsGone(failure))
        {
            // As above.
        }
    }
}
