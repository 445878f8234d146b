using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Review;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>The models whose predictions somebody may review, with their tasks.</summary>
public sealed partial class ReviewPage
{
    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private TaskQueue Tasks { get; set; } = null!;

    protected override void OnParametersSet() => Frame.Show([("Review", null)], demo: Demo.IsDemo);

    private async Task<IReadOnlyList<Queue>> LoadAsync(CancellationToken cancellation)
    {
        var actor = Actor.Of((await Authentication).User);
        var counts = await Tasks.CountsAsync(cancellation);
        return
        [
            .. Models
                .All.Where(model => actor.May(ReviewCommands.Answer.Needs, model.Name) && counts.ContainsKey(model.Id))
                .Select(model => new Queue(model.Name, counts[model.Id], actor.May(ReviewCommands.Decide.Needs, model.Name)))
                .OrderByDescending(queue => queue.Of(TaskState.Open))
                .ThenBy(queue => queue.Model, StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>The tasks of a model.</summary>
    public sealed record Queue(string Model, IReadOnlyDictionary<TaskState, int> Counts, bool MayDecide)
    {
        public int Of(TaskState state) => Counts.GetValueOrDefault(state);
    }
}
