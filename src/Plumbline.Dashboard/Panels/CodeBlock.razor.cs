using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Panels;

/// <summary>Text to copy: a command, a request, a file.</summary>
public sealed partial class CodeBlock
{
    private bool _copied;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    private async Task CopyAsync()
    {
        await Browser.CopyAsync(Text);
        _copied = true;
    }
}
