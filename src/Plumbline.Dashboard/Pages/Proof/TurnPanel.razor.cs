using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Text;
using Plumbline.Review.Proof;
using Plumbline.Review.Retraining.Runs;

namespace Plumbline.Dashboard.Pages.Proof;

/// <summary>The steps of one turn of the loop, each with its number and its page.</summary>
public sealed partial class TurnPanel
{
    private string? _version;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>Key of the run.</summary>
    [Parameter, EditorRequired]
    public string Run { get; set; } = "";

    /// <summary>Another number has it read again.</summary>
    [Parameter]
    public int Changes { get; set; }

    /// <summary>Its version was promoted or retired.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private RunStore Runs { get; set; } = null!;

    [Inject]
    private LoopTurnReading Turns { get; set; } = null!;

    private async Task<Shown> LoadAsync(CancellationToken cancellation)
    {
        var run = await Runs.FindAsync(Run, cancellation);
        if (run?.ModelId != Scope.Model.Id)
            return new(null);
        var turn = await Turns.ReadAsync(Scope.Model, run, cancellation);
        if (_version != run.Version)
        {
            _version = run.Version;
            await InvokeAsync(StateHasChanged);
        }

        return new(turn);
    }

    private static string Done(bool done) => done ? "done" : "open";

    private static string Tasks(LoopTurn turn)
    {
        var words = $"{Figures.Count(turn.Tasks)} answered";
        if (turn.Wrong is { } wrong && turn.Tasks > 0)
            words += $", the model was wrong in {Figures.Count(wrong)}";
        return turn.ByRobots > 0 ? $"{words}; {Figures.Count(turn.ByRobots)} by a robot" : words;
    }

    /// <summary>What the panel shows.</summary>
    public sealed record Shown(LoopTurn? Turn);
}
