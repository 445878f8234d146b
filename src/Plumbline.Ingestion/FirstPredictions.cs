using Plumbline.Events;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion;

/// <summary>
/// Events of a model that nobody declared: the first predictions declare it, where the key may. Through the same command as a declaration,
/// so that the same roles, limits and records hold.
/// </summary>
public sealed class FirstPredictions(ModelCatalog catalog, CommandRunner commands)
{
    /// <summary>The model that events of a kind are for; or what to answer, when there is none and these events make none.</summary>
    public (EventTarget? Target, IResult? Refusal) TargetOf(string name, EventKind kind, HttpContext http)
    {
        if (catalog.Find(name) is { } model)
            return (new EventTarget(model), null);
        if (kind != EventKind.Prediction)
            return (null, Problems.UnknownModel(name, "Send its predictions first; these events are joined with them."));
        if (!Actor.Of(http).May(ModelCommands.Declare.Needs, name))
            return (null, Problems.UnknownModel(name, "Its first prediction creates it with a key of the role operate; this key may not."));
        return ModelNames.CheckModel(name) is { } reason
            ? (null, Problems.BadRequest("model_name_invalid", reason))
            : (new EventTarget(name, this, http), null);
    }

    internal async Task<(ModelDefinition? Model, bool IsNew, IResult? Problem)> CreateAsync(
        string name,
        ModelTask task,
        HttpContext http,
        CancellationToken cancellation
    )
    {
        var specification = new ModelSpecification { Task = WordOf(task) };
        var (definition, before, errors) = await commands.RunAsync(
            new RunningCommand(Actor.Of(http), ModelCommands.Declare, name, ""),
            () => catalog.PutAsync(name, specification, cancellation, onlyIfNew: true),
            static put => put.Definition is not null && put.Before is null
        );
        return definition is null
            ? (null, false, Problems.Invalid("model_invalid", "The model was not created; see errors.", errors))
            : (definition, before is null, null);
    }

    internal static CreatedModel Describe(ModelDefinition model, GuessedTask guess) =>
        new(
            model.Name,
            WordOf(guess.Task),
            guess.Because,
            $"PUT /v1/models/{model.Name} with \"task\":\"{WordOf(guess.Task)}\" declares segments, classes, the positive class and more. "
                + $"The task and the window ({DurationText.Format(model.Window)}) stay: "
                + $"for others, DELETE /v1/models/{model.Name} (role admin) and declare it before its first prediction."
        );

    internal static IResult Uncertain(string name) =>
        Problems.UnknownModel(
            name,
            "Its first predictions do not tell whether it is binary, multiclass or regression (they have no answer, or whole numbers)."
        );

    internal static IResult DeclaredMeanwhile(string name) =>
        Problems.Conflict(
            "changed_meanwhile",
            $"Somebody else declared '{Problems.Shorten(name)}' at the same time; nothing of this request was taken. Send it again."
        );

    private static string WordOf(ModelTask task) => task.ToString().ToLowerInvariant();
}
