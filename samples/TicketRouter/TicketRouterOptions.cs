using System.Globalization;

namespace TicketRouter;

/// <summary>What the program is started with; <c>README.md</c> lists the switches.</summary>
public sealed record TicketRouterOptions
{
    /// <summary>Decides every ticket and every training run; any whole number, 1 when not given.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Length of the simulated history, 1..90 days; 14 when not given.</summary>
    public int Days { get; init; } = 14;

    /// <summary>The end of the history; the time of the start when not given.</summary>
    public DateTimeOffset? Anchor { get; init; }

    /// <summary>Mean tickets per hour of history, 1..20,000.</summary>
    public double PerHour { get; init; } = 240;

    /// <summary>Mean tickets per second of live traffic, 0.01..50.</summary>
    public double LiveRate { get; init; } = 0.6;

    /// <summary>Where Plumbline listens; null: predictions are not reported.</summary>
    public Uri? Plumbline { get; init; }

    /// <summary>Plumbline's API key, when it asks for one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>What requests for retraining are signed with; null: nobody may ask.</summary>
    public string? RetrainingSecret { get; init; }

    /// <summary>Folder that remembers what releases were trained with; null: a restarted service begins with v2 again.</summary>
    public string? ReleasesFolder { get; init; }

    /// <summary>Stop when standard input ends: whoever started this process has gone.</summary>
    public bool StopWithStdin { get; init; }

    /// <exception cref="ArgumentException">A switch has a value that is not in its range; the message says which.</exception>
    public static TicketRouterOptions Read(IConfiguration configuration)
    {
        var plumbline = configuration["plumbline"];
        Uri? url = null;
        if (
            !string.IsNullOrEmpty(plumbline)
            && (!Uri.TryCreate(plumbline, UriKind.Absolute, out url) || url.Scheme is not ("http" or "https"))
        )
        {
            throw new ArgumentException($"--plumbline: '{plumbline}' is no http or https URL.");
        }

        DateTimeOffset? anchor = null;
        if (configuration["anchor"] is { Length: > 0 } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                throw new ArgumentException($"--anchor: '{text}' is no time such as 2026-03-01T08:00:00Z.");
            anchor = time;
        }

        return new TicketRouterOptions
        {
            Seed = (long)Number(configuration, "seed", 1, -1e15, 1e15),
            Days = (int)Number(configuration, "days", 14, 1, Scenario.DemoScenario.MaxDays),
            Anchor = anchor,
            PerHour = Number(configuration, "per-hour", 240, 1, Tickets.TicketTraffic.MaxPerHour),
            LiveRate = Number(configuration, "live-rate", 0.6, 0.01, Tickets.TicketTraffic.MaxLivePerSecond),
            Plumbline = url,
            ApiKey = configuration["api-key"],
            RetrainingSecret = configuration["retraining-secret"],
            ReleasesFolder = configuration["releases"] is { Length: > 0 } releases ? releases : null,
            StopWithStdin = string.Equals(configuration["stop-with-stdin"], "true", StringComparison.OrdinalIgnoreCase),
        };
    }

    private static double Number(IConfiguration configuration, string name, double fallback, double least, double most)
    {
        if (configuration[name] is not { Length: > 0 } text)
            return fallback;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value >= least && value <= most))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"--{name}: '{text}' is no number from {least} to {most}.")
            );
        }

        return value;
    }
}
