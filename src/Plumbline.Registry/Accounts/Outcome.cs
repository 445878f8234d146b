using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>What became of a change: it was made, or what is wrong with it, or what stands against it.</summary>
/// <param name="Value">What is stored now; null when nothing was changed.</param>
/// <param name="Errors">What is wrong, by field.</param>
/// <param name="Conflict">What stands against it; null for nothing.</param>
public sealed record Outcome<T>(T? Value, IReadOnlyList<FieldError> Errors, Obstacle? Conflict = null)
    where T : class
{
    internal static Outcome<T> Done(T value) => new(value, []);

    internal static Outcome<T> Wrong(IReadOnlyList<FieldError> errors) => new(null, errors);

    internal static Outcome<T> Against(string code, string reason) => new(null, [], new Obstacle(code, reason));

    /// <summary>True when it was made.</summary>
    public bool IsDone => Value is not null;
}

/// <summary>What stands against a change.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Reason">For people, with what to do.</param>
public sealed record Obstacle(string Code, string Reason);
