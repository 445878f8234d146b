using System.Text.Json;
using Microsoft.Playwright;
using Plumbline.Browser.Tests;

namespace Plumbline.Bench.Pages;

/// <summary>One page opened by a browser that has never been here.</summary>
/// <param name="FirstChart">Milliseconds from the start of the navigation to the first drawn chart; null when it has none.</param>
/// <param name="Drawn">Milliseconds until no panel was loading any more and every chart was drawn.</param>
/// <param name="SocketBytes">What the server sent over the page's socket by then, before compression.</param>
/// <param name="HttpBytes">What it sent over HTTP, as it went over the wire.</param>
internal sealed record PageVisit(double? FirstChart, double Drawn, long SocketBytes, long HttpBytes)
{
    private const int LongestMs = 60_000;

    /// <summary>A page that is still after so many milliseconds has nothing more to come until its next beat.</summary>
    private const int QuietMs = 400;

    /// <summary>
    /// Looks after every change of the document. What is ready for a moment between two steps and then loads again counts from when it was
    /// ready for good.
    /// </summary>
    private const string Stopwatch = $$"""
        (() => {
          const settled = {{Chromium.IsSettled}};
          const chart = '.chart .canvas[data-drawn], svg.sparkline path.line[d^="M"]';
          const times = window.pageTimes = { first: null, drawn: null };
          const look = () => {
            const now = performance.now();
            if (times.first === null && document.querySelector(chart)) times.first = now;
            if (!settled()) times.drawn = null;
            else times.drawn ??= now;
          };
          new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
        })();
        """;

    public static async Task<PageVisit> MakeAsync(IBrowser browser, Uri address)
    {
        await using var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
            }
        );
        await context.AddInitScriptAsync(Stopwatch);
        var page = await context.NewPageAsync();
        var (socket, http) = (0L, 0L);
        page.WebSocket += (_, opened) =>
            opened.FrameReceived += (_, frame) => Interlocked.Add(ref socket, frame.Binary?.Length ?? frame.Text?.Length ?? 0);
        var network = await context.NewCDPSessionAsync(page);
        network.Event("Network.loadingFinished").OnEvent += (_, body) =>
            Interlocked.Add(ref http, (long)(body?.GetProperty("encodedDataLength").GetDouble() ?? 0));
        await network.SendAsync("Network.enable");
        await page.GotoAsync(address.ToString());
        await page.WaitForFunctionAsync(
            "quiet => window.pageTimes.drawn !== null && performance.now() - window.pageTimes.drawn > quiet",
            QuietMs,
            new PageWaitForFunctionOptions { Timeout = LongestMs }
        );
        var times = await page.EvaluateAsync<JsonElement>("() => window.pageTimes");
        return new PageVisit(
            times.GetProperty("first") is { ValueKind: JsonValueKind.Number } first ? first.GetDouble() : null,
            times.GetProperty("drawn").GetDouble(),
            Interlocked.Read(ref socket),
            Interlocked.Read(ref http)
        );
    }
}
