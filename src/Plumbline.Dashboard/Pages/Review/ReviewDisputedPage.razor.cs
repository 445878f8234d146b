using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review;
using Plumbline.Review.Answers;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>
/// The tasks that annotators disagree about, one after the other: what each said, and the answer that counts. Which one is shown is in the
/// address: <c>?task=17</c>.
/// </summary>
public sealed partial class ReviewDisputedPage
{
    /// <summary>Tasks that are offered beside the one that is shown.</summary>
    private const int Offered = 20;

    private ReviewTaskRow? _task;
    private PredictionRow? _row;
    private ReviewPolicy? _policy;
    private IReadOnlyList<ReviewAnswerRow> _answers = [];
    private IReadOnlyList<ReviewTaskRow> _others = [];
    private int _count;
    private string? _message;
    private string? _shown;
    private bool _looked;
    private bool _busy;

    [Parameter]
    public string Name { get; set; } = "";

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    [Inject]
    private TaskQueue Tasks { get; set; } = null!;

    [Inject]
    private TaskReader Reader { get; set; } = null!;

    [Inject]
    private TaskAnswers Said { get; set; } = null!;

    [Inject]
    private AnswerRecording Answers { get; set; } = null!;

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    private ModelDefinition? Model => Models.Find(Name);

    private string Count => _looked ? $"{TaskCounts.Words(_count)} open to decide" : "";

    protected override async Task OnParametersSetAsync()
    {
        Frame.Show(
            [("Review", Registry.Web.Links.Review), (Name, Registry.Web.Links.ReviewOf(Name)), ("Disputed", null)],
            demo: Demo.IsDemo
        );
        var wanted = $"{Name} {Scope["task"]}";
        if (!RendererInfo.IsInteractive || _shown == wanted || Model is not { } model || !May(ReviewCommands.Decide, Name))
            return;
        _shown = wanted;
        await ShowAsync(model);
    }

    // All of it is read before any of it is shown.
    private async Task ShowAsync(ModelDefinition model)
    {
        var page = await Tasks.PageAsync(model, TaskState.Disputed, null, Offered + 1, CancellationToken.None);
        var task = page.Count > 0 ? page[0] : null;
        if (long.TryParse(Scope["task"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && SignedIn is { } actor)
        {
            var named = await Tasks.FindAsync(actor, id, CancellationToken.None);
            if (named is { State: (int)TaskState.Disputed } && named.ModelId == model.Id)
                task = named;
        }

        var row = task is null ? null : await Reader.FindAsync(model, task, CancellationToken.None);
        var answers = task is null ? [] : await Said.OfAsync(task.Id, CancellationToken.None);
        var policy = (await Policies.FindAsync(model, task?.PolicyId, CancellationToken.None))?.Policy;
        _count = (await Tasks.CountsAsync(model, CancellationToken.None)).GetValueOrDefault(TaskState.Disputed);
        (_task, _row, _answers, _policy) = (task, row, answers, policy);
        _others = [.. page.Where(other => other.Id != task?.Id).Take(Offered)];
        _looked = true;
    }

    private async Task DecideAsync(ReviewAnswer answer)
    {
        if (_busy || _task is not { } task || Model is not { } model)
            return;
        _busy = true;
        try
        {
            var result = await RunAsync(
                ReviewCommands.Decide,
                Name,
                Number(task),
                async actor =>
                    // Somebody else may have decided it while it was read here.
                    await Tasks.FindAsync(actor, task.Id, CancellationToken.None) is not { State: (int)TaskState.Disputed } now
                        ? new AnswerResult(AnswerOutcome.Nothing, task, "It was decided meanwhile; your answer was not taken.")
                        : await Answers.DecideAsync(actor, model, now.Id, answer, CancellationToken.None),
                happened: static result => result.Outcome == AnswerOutcome.Taken
            );
            _message = result.Detail.Length > 0 ? result.Detail : null;
            await ShowAsync(model);
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Number(ReviewTaskRow task) => task.Id.ToString(CultureInfo.InvariantCulture);
}
