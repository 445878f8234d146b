using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Dashboard.Frame;

/// <summary>
/// A part of a page on which people change something. Whether who is signed in may is asked again when it is done: a page may stand open
/// for days.
/// </summary>
public abstract class ActingComponent : ComponentBase
{
    private Actor? _actor;

    [Inject]
    private CommandRunner Commands { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>Who is signed in; null until that is known.</summary>
    protected Actor? SignedIn => _actor;

    /// <summary>Whether it is known by now who is signed in.</summary>
    protected bool KnowsActor => _actor is not null;

    /// <summary>Whether who is signed in may carry out a command; false until that is known.</summary>
    /// <param name="command">What.</param>
    /// <param name="model">To which model; null for what belongs to none.</param>
    protected bool May(Command command, string? model = null) => _actor?.May(command.Needs, model) == true;

    /// <summary>Why a button does nothing, for its title; null when it does.</summary>
    protected string? WhyNot(Command command, string? model = null) =>
        May(command, model) ? null : $"It takes the role {command.Needs.Word()} to do this: ask an administrator for it.";

    /// <summary>Carries out a command for who is signed in now.</summary>
    /// <exception cref="CommandRefusedException">They may not (any more).</exception>
    protected async Task<T> RunAsync<T>(
        Command command,
        string? model,
        string subject,
        Func<Actor, Task<T>> act,
        Func<T, bool>? happened = null
    )
    {
        var actor = Actor.Of((await Authentication).User);
        return await Commands.RunAsync(new RunningCommand(actor, command, model, subject), () => act(actor), happened);
    }

    /// <summary>The same, where the result says whether anything was changed.</summary>
    protected Task<bool> RunAsync(Command command, string? model, string subject, Func<Actor, Task<bool>> act) =>
        RunAsync(command, model, subject, act, happened: static done => done);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _actor = Actor.Of((await Authentication).User);
}
