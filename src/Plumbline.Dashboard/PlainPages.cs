namespace Plumbline.Dashboard;

/// <summary>Pages that must work without a session and without scripts.</summary>
internal static class PlainPages
{
    /// <param name="title">Of the browser's tab.</param>
    /// <param name="headline">Of the page.</param>
    /// <param name="html">The page's own markup; whoever makes it encodes what users wrote.</param>
    /// <param name="status">HTTP status.</param>
    public static IResult Make(string title, string headline, string html, int status) =>
        Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} - Plumbline</title>
            <link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/tokens.css">
            <link rel="stylesheet" href="/frame.css"><link rel="stylesheet" href="/parts.css"></head>
            <body><main class="page" style="max-width: 480px; margin: 12vh auto"><h1>{headline}</h1>
            <section class="panel">{html}</section></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
}
