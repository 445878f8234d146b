using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Plumbline.Dashboard.Frame;

/// <summary>The reader's browser: time zone, theme, dialogs, clipboard. Until it has answered, times are shown in UTC.</summary>
public sealed partial class BrowserPage(IJSRuntime scripts) : IAsyncDisposable
{
    private IJSObjectReference? _module;

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public string Theme { get; private set; } = "auto";

    /// <summary>
    /// True for what a call to the browser throws when the reader left meanwhile: a call after that, or one that was on its way.
    /// </summary>
    public static bool IsGone(Exception failure) => failure is JSDisconnectedException or TaskCanceledException;

    public async Task StartAsync<T>(DotNetObjectReference<T> receiver)
        where T : class
    {
        _module = await scripts.InvokeAsync<IJSObjectReference>("import", "./js/page.js");
        var answer = await _module.InvokeAsync<Answer>("start", receiver);
        Theme = answer.Theme;
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(answer.Zone, out var zone) ? zone : TimeZoneInfo.Utc;
    }

    public async Task SetThemeAsync(string theme)
    {
        Theme = theme;
        if (_module is not null)
            await _module.InvokeVoidAsync("theme", theme);
    }

    public ValueTask OpenAsync(ElementReference dialog) => Call("open", dialog);

    public ValueTask CloseAsync(ElementReference dialog) => Call("close", dialog);

    public ValueTask CopyAsync(string text) => Call("copy", text);

    /// <summary>A moment in the reader's zone: "Tue 3 Mar 14:05", with the year unless it is this one.</summary>
    public string Local(DateTimeOffset moment, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(moment, Zone);
        var pattern = local.Year == TimeZoneInfo.ConvertTime(now, Zone).Year ? "ddd d MMM HH:mm" : "d MMM yyyy HH:mm";
        return local.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A text of the server with its times in the reader's zone. Texts are made once, for messages and for pages; those that are sent out
    /// say the time in UTC, and a page says it as its charts do.
    /// </summary>
    public string Local(string text, DateTimeOffset now) =>
        TimeInText()
            .Replace(
                text,
                found =>
                    DateTimeOffset.TryParseExact(
                        found.Groups[1].Value,
                        "yyyy-MM-dd HH:mm",
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal,
                        out var moment
                    )
                        ? Local(moment, now)
                        : found.Value
            );

    [GeneratedRegex(@"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b", RegexOptions.NonBacktracking)]
    private static partial Regex TimeInText();

    /// <summary>The day of a moment in the reader's zone: "3 Mar", with the year unless it is this one.</summary>
    public string Day(DateTimeOffset moment, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(moment, Zone);
        var pattern = local.Year == TimeZoneInfo.ConvertTime(now, Zone).Year ? "d MMM" : "d MMM yyyy";
        return local.ToString(pattern, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is null)
            return;
        try
        {
            await _module.InvokeVoidAsync("stop");
            await _module.DisposeAsync();
        }
        catch (Exception failure) when (BrowserPage.IsGone(failure))
        {
            // The browser is gone, and its listeners with it.
        }
    }

    private ValueTask Call(string function, object argument) =>
        _module is null ? ValueTask.CompletedTask : _module.InvokeVoidAsync(function, argument);

    private sealed record Answer(string Zone, string Theme);
}
