using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review;
using Plumbline.Review.Answers;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>One task after the other: the input, the question, and a key for each answer.</summary>
public sealed partial class ReviewQueuePage : IAsyncDisposable
{
    private ReviewTaskRow? _task;
    private ReviewTaskRow? _former;
    private PredictionRow? _row;
    private ReviewPolicy? _policy;
    private Progress? _progress;
    private string? _message;
    private string? _shown;
    private bool _looked;
    private bool _busy;
    private long _since;
    private ITimer? _keeper;

    /// <summary>How often a task on the screen is kept from others: well within the shortest lock.</summary>
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(30);

    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    private TaskQueue Tasks { get; set; } = null!;

    [Inject]
    private TaskReader Reader { get; set; } = null!;

    [Inject]
    private AnswerRecording Answers { get; set; } = null!;

    [Inject]
    private AnnotatorProgress Annotators { get; set; } = null!;

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private ModelDefinition? Model => Models.Find(Name);

    private string ProgressWords =>
        _progress is not { } known
            ? ""
            : $"{Figures.Count(known.Answered)} answered today · {TaskCounts.Words(known.Open)} open"
                + (known.MedianSeconds is { } median ? $" · {Figures.Format(median, "s")} each" : "");

    protected override async Task OnParametersSetAsync()
    {
        Frame.Show([("Review", Registry.Web.Links.Review), (Name, null)], demo: Demo.IsDemo);
        if (!RendererInfo.IsInteractive || _shown == Name || Model is null || !May(ReviewCommands.Answer, Name))
            return;
        _shown = Name;
        await NextAsync();
        _keeper ??= Time.CreateTimer(_ => _ = InvokeAsync(KeepAsync), null, KeepEvery, KeepEvery);
    }

    private async Task NextAsync()
    {
        if (Model is not { } model)
            return;
        _busy = true;
        try
        {
            var before = _task?.Id;
            var next = await RunAsync(
                ReviewCommands.Take,
                Name,
                "",
                actor => Tasks.NextAsync(actor, model, before, CancellationToken.None),
                happened: static task => task is not null
            );
            await ShowAsync(model, next);
        }
        finally
        {
            (_busy, _looked) = (false, true);
        }
    }

    // All of it is read before any of it is shown: a task whose prediction is still on its way would look like one without.
    private async Task ShowAsync(ModelDefinition model, ReviewTaskRow? task)
    {
        var row = task is null ? null : await Reader.FindAsync(model, task, CancellationToken.None);
        var policy = (await Policies.FindAsync(model, task?.PolicyId, CancellationToken.None))?.Policy;
        _progress = await RunAsync(
            ReviewCommands.Take,
            Name,
            "progress",
            actor => Annotators.TodayAsync(model, actor.Name, CancellationToken.None),
            happened: static _ => false
        );
        (_task, _row, _policy) = (task, row, policy);
        _since = Time.GetTimestamp();
    }

    private async Task AnswerAsync(ReviewAnswer answer)
    {
        if (_busy || _task is not { } task || Model is not { } model)
            return;
        _busy = true;
        var result = await RunAsync(
            ReviewCommands.Answer,
            Name,
            Subject(task),
            actor =>
                Answers.AnswerAsync(
                    actor,
                    model,
                    task.Id,
                    answer with
                    {
                        Seconds = Math.Min(86_400, Time.GetElapsedTime(_since).TotalSeconds),
                    },
                    CancellationToken.None
                ),
            happened: static result => result.Outcome is AnswerOutcome.Taken or AnswerOutcome.Late
        );
        _message = result.Detail.Length > 0 ? result.Detail : null;
        if (result.Outcome is AnswerOutcome.Taken or AnswerOutcome.Repeated or AnswerOutcome.Late)
            _former = task;
        await NextAsync();
    }

    private async Task UndoAsync()
    {
        if (_busy || _former is not { } former || Model is not { } model)
            return;
        _busy = true;
        var result = await RunAsync(
            ReviewCommands.Withdraw,
            Name,
            Subject(former),
            actor => Answers.WithdrawAsync(actor, former.Id, CancellationToken.None),
            happened: static result => result.Outcome == AnswerOutcome.Taken
        );
        _message = result.Detail.Length > 0 ? result.Detail : null;
        if (result.Outcome == AnswerOutcome.Taken)
        {
            // What was on the screen waits for the next turn; the one that was answered too early comes back.
            var current = _task;
            await RunAsync(
                ReviewCommands.Take,
                Name,
                Subject(former),
                async actor =>
                {
                    if (current is not null)
                        await Tasks.ReleaseAsync(actor, current.Id, CancellationToken.None);
                    return await Tasks.KeepAsync(actor, former.Id, CancellationToken.None);
                }
            );
            _former = null;
            await ShowAsync(model, former);
        }

        _busy = false;
    }

    private async Task KeepAsync()
    {
        if (_busy || _task is not { } task)
            return;
        var kept = await RunAsync(
            ReviewCommands.Take,
            Name,
            Subject(task),
            actor => Tasks.KeepAsync(actor, task.Id, CancellationToken.None),
            happened: static _ => false
        );
        if (!kept && _task == task)
        {
            _message = "Somebody else has this task now, or it is decided.";
            await NextAsync();
            StateHasChanged();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_keeper is not null)
            await _keeper.DisposeAsync();
        // Whoever goes away lets others have the task.
        if (_task is { } task)
        {
            await RunAsync(
                ReviewCommands.Take,
                Name,
                Subject(task),
                async actor =>
                {
                    await Tasks.ReleaseAsync(actor, task.Id, CancellationToken.None);
                    return true;
                },
                happened: static _ => false
            );
        }
    }

    private static string Subject(ReviewTaskRow task) => task.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
