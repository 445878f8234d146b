using System.IO.Pipelines;
using Plumbline.Events.Batches;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion;

/// <summary>
/// The model that a request's events are for: one that is there, or one that becomes a model with the first good row. Rows are decoded
/// before it is created, so that a body of which nothing can be used leaves nothing behind.
/// </summary>
public sealed class EventTarget
{
    private readonly FirstPredictions? _creator;
    private readonly HttpContext? _http;
    private GuessedTask? _guess;

    /// <summary>A model that is there.</summary>
    public EventTarget(ModelDefinition model) => Model = model;

    internal EventTarget(string name, FirstPredictions creator, HttpContext http)
    {
        (_creator, _http) = (creator, http);
        Model = new ModelDefinition
        {
            Id = 0,
            Name = name,
            Task = ModelTask.Multiclass,
        };
    }

    /// <summary>The model; what it would be, while it is not there.</summary>
    public ModelDefinition Model { get; private set; }

    /// <summary>Whether events can be stored for it.</summary>
    public bool IsThere => Model.Id != 0;

    /// <summary>What was created; null for a model that was there.</summary>
    public CreatedModel? Created { get; private set; }

    /// <summary>Finds out what the model would be, from the beginning of the body, which is not consumed.</summary>
    public async ValueTask PrepareAsync(PipeReader body, CancellationToken cancellation)
    {
        if (IsThere)
            return;
        _guess = (await AnswerSurvey.PeekAsync(body, cancellation)).InferTask();
        if (_guess is not null)
            Model = Model with { Task = _guess.Task };
    }

    /// <summary>Lets the model be there as soon as one row can be used.</summary>
    /// <returns>What to answer when there can be none; null when all is well.</returns>
    public async ValueTask<IResult?> EnsureAsync(EventBatch batch, CancellationToken cancellation)
    {
        if (IsThere || batch.Rows.Length == 0)
            return null;
        if (_guess is null)
            return FirstPredictions.Uncertain(Model.Name);
        var (definition, isNew, problem) = await _creator!.CreateAsync(Model.Name, _guess.Task, _http!, cancellation);
        if (definition is null)
            return problem;
        // Somebody else declared it in between, as something for which these rows were not read.
        if (definition.Task != _guess.Task)
            return FirstPredictions.DeclaredMeanwhile(Model.Name);
        Model = definition;
        if (isNew)
            Created = FirstPredictions.Describe(definition, _guess);
        return null;
    }
}
