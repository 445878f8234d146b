using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Review.Answers;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>The answers to a task, each with its key.</summary>
public sealed partial class TaskAnswer
{
    /// <summary>Classes that have a key of their own.</summary>
    private const int MostKeys = 9;

    /// <summary>Classes that are shown at once; the field above finds the others.</summary>
    private const int MostShown = 30;

    private string _number = "";
    private string _find = "";
    private string _note = "";
    private bool _flag;
    private string? _wrong;
    private ElementReference _numberField;

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter]
    public string Guidelines { get; set; } = "";

    [Parameter]
    public bool Busy { get; set; }

    [Parameter]
    public bool CanUndo { get; set; }

    /// <summary>Whether the answer decides between those of others: then it is a value, or that the input is broken.</summary>
    [Parameter]
    public bool Decides { get; set; }

    [Parameter]
    public EventCallback<ReviewAnswer> OnAnswer { get; set; }

    [Parameter]
    public EventCallback OnUndo { get; set; }

    private string Question =>
        Decides ? "Which counts?"
        : Model.Task == ModelTask.Regression ? "Which number is true?"
        : "Which is true?";

    private IEnumerable<(string Name, string? Key)> Choices =>
        Model
            .Classes.Where(name => name.Contains(_find, StringComparison.OrdinalIgnoreCase))
            .Take(MostShown)
            .Select((name, i) => (name, i < MostKeys ? (i + 1).ToString(CultureInfo.InvariantCulture) : null));

    // Numbers are typed: whoever answers one after the other does not reach for the field each time.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Model.Task == ModelTask.Regression)
            await _numberField.FocusAsync(preventScroll: true);
    }

    private Task SayAsync(string value) => SendAsync(new ReviewAnswer { Value = value });

    private Task SayAsync(AnswerKind kind) => SendAsync(new ReviewAnswer { Kind = kind });

    private Task SayNumberAsync() => SendAsync(new ReviewAnswer { Value = _number.Trim() });

    private Task SendAsync(ReviewAnswer answer)
    {
        answer = answer with { Note = _note.Length == 0 ? null : _note, Flag = _flag };
        _wrong = AnswerRecording.Check(answer, Model) is [var first, ..] ? first.Reason : null;
        return _wrong is null ? OnAnswer.InvokeAsync(answer) : Task.CompletedTask;
    }
}
