using Plumbline.Registry.Access;

namespace Plumbline.Registry.Commands;

/// <summary>
/// Something that people and keys can do to change something. Each capability lists its own, in a class such as <c>RuleCommands</c>.
/// </summary>
/// <param name="Name">What is done to what, as <c>rule.declare</c>; stable, because records of it are kept.</param>
/// <param name="Needs">The role that may; said here, and neither at the endpoint nor on the page.</param>
public sealed record Command(string Name, ApiRole Needs)
{
    /// <summary>True for what everybody may do to what is their own, whatever their role: the subject is then who does it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether an actor may carry it out.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="model">To which model; null for what belongs to none.</param>
    /// <param name="subject">To what.</param>
    internal bool Allows(Actor actor, string? model, string subject) =>
        IsOwn ? actor.Role is not null && actor.Name == subject : actor.May(Needs, model);
}

/// <summary>A command that is being carried out.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Command">What.</param>
/// <param name="Model">Name of the model; null for what belongs to none.</param>
/// <param name="Subject">Name of the rule, number of the incident ..; empty for the model itself.</param>
public sealed record RunningCommand(Actor Actor, Command Command, string? Model, string Subject);

/// <summary>The actor may not do this.</summary>
public sealed class CommandRefusedException(Command command, Actor actor)
    : Exception($"'{actor.Name}' may not do this ({command.Name}): it needs the role {command.Needs.Word()} " + "for this model.");
