using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Panels;

/// <summary>
/// Something that the address names and that is not there: said in its place, within the frame, with the status that says so.
/// </summary>
public sealed partial class NoSuch
{
    /// <summary>What is not there: "There is no model nobody".</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>What may have happened.</summary>
    [Parameter]
    public string Why { get; set; } = "It may have been renamed or deleted.";

    /// <summary>Where to go from here, the likeliest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<(string Words, string Address)> Instead { get; set; } = [];

    protected override void OnInitialized()
    {
        // The first rendering is the answer to the request; later ones go over the connection that is open then.
        if (RendererInfo.IsInteractive || Http.HttpContext is not { Response.HasStarted: false } context)
            return;
        // Only when the answer begins: a page whose status says so earlier is taken for one without content.
        context.Response.OnStarting(() =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
