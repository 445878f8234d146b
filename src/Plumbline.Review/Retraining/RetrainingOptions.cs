using Plumbline.Registry.Text;

namespace Plumbline.Review.Retraining;

/// <summary>How training is asked for.</summary>
public sealed record RetrainingOptions
{
    /// <summary>Programs that may be named in <see cref="Commands"/>.</summary>
    public const int MaxCommands = 50;

    /// <summary>
    /// Programs of this machine that a target of the kind <c>command</c> may start, by their full path. Default none: then no such target
    /// starts anything. Only this file names them, so that nobody who may call the API may run what they like here.
    /// </summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>
    /// A run of which nothing was heard for this long has failed. Range 1m..90d, default 1d. Longer than the longest training; a run that
    /// reports now and then may take any time.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Pause between two questions to a target how a run is. Range 1s..1h, default 30s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After this long a run that no target took is given up. Range 1m..30d, default 1d.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Checks every range.</summary>
    public void Validate(ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        Check("timeout", Timeout, TimeSpan.FromMinutes(1), TimeSpan.FromDays(90));
        Check("poll_interval", PollInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check("give_up_after", GiveUpAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        if (Commands.Count > MaxCommands)
            errors.Add($"retraining.commands: {Commands.Count} programs; at most {MaxCommands}.");
        for (var i = 0; i < Commands.Count; i++)
        {
            if (!Path.IsPathFullyQualified(Commands[i] ?? ""))
                errors.Add($"retraining.commands[{i}]: the full path of a program is needed.");
        }

        void Check(string name, TimeSpan value, TimeSpan from, TimeSpan to)
        {
            if (value < from || value > to)
            {
                errors.Add(
                    $"retraining.{name}: {DurationText.Format(value)} is outside {DurationText.Format(from)}..{DurationText.Format(to)}."
                );
            }
        }
    }
}
