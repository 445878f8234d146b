using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages;

/// <summary>Has people look at predictions that somebody chose.</summary>
public sealed partial class AskForReview
{
    private string? _told;
    private bool _good;
    private bool _busy;

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    /// <summary>The ids of the chosen predictions.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyCollection<string> Ids { get; set; } = [];

    /// <summary>Said when tasks were made of them.</summary>
    [Parameter]
    public EventCallback OnAsked { get; set; }

    [Inject]
    private HandTasks Tasks { get; set; } = null!;

    private async Task AskAsync()
    {
        _busy = true;
        try
        {
            var result = await RunAsync(
                ReviewCommands.AskByHand,
                Model.Name,
                string.Join(", ", Ids.Take(3)),
                _ => Tasks.AddAsync(Model, [.. Ids.Take(HandTasks.MostAtOnce)], annotators: 1, CancellationToken.None),
                happened: static result => result.Made > 0
            );
            (_good, _told) = (!result.IsFull, Words(result));
            if (_good)
                await OnAsked.InvokeAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Words(HandTaskResult result) =>
        result.IsFull
            ? "There is no room for more open tasks: see review.max_open_tasks."
            : $"{Figures.Count(result.Made)} in the queue now"
                + (result.Known > 0 ? $", {Figures.Count(result.Known)} had a task already" : "")
                + (result.Missing.Count > 0 ? $", {Figures.Count(result.Missing.Count)} are not stored as answers of the live model" : "")
                + ".";
}
