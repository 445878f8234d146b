using Plumbline.Registry.Access;

namespace Plumbline.Registry.Commands;

/// <summary>
/// The one door through which people and keys change something, from endpoints and pages alike: the role is checked here, and it is
/// recorded who did what. Today the record is the log; the audit will be written here.
/// </summary>
public sealed partial class CommandRunner(ILogger<CommandRunner> log)
{
    private static readonly AsyncLocal<RunningCommand?> Running = new();

    /// <summary>What is being carried out by the caller of this code; null for what the server does by itself.</summary>
    public static RunningCommand? Current => Running.Value;

    /// <summary>Carries out a command.</summary>
    /// <param name="running">Who does what to what.</param>
    /// <param name="act">Does it.</param>
    /// <param name="happened">Whether anything was changed, by the result; null: always.</param>
    /// <exception cref="CommandRefusedException">The actor may not; nothing was done.</exception>
    public async Task<T> RunAsync<T>(RunningCommand running, Func<Task<T>> act, Func<T, bool>? happened = null)
    {
        var (actor, command, model, subject) = running;
        if (!command.Allows(actor, model, subject))
        {
            Refused(actor.Name, From(actor), command.Name, model, subject);
            throw new CommandRefusedException(command, actor);
        }

        var outer = Running.Value;
        Running.Value = running;
        try
        {
            var result = await act();
            if (happened?.Invoke(result) ?? true)
                Done(actor.Name, From(actor), command.Name, model, subject);
            return result;
        }
        finally
        {
            Running.Value = outer;
        }
    }

    private static string From(Actor actor) => actor.Address?.ToString() ?? "a page";

    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "{Actor} from {From}: {Command} {Model} {Subject}")]
    private partial void Done(string actor, string from, string command, string? model, string subject);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "{Actor} from {From} may not: {Command} {Model} {Subject}")]
    private partial void Refused(string actor, string from, string command, string? model, string subject);
}
