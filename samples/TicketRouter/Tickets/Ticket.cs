using System.Text.Json.Serialization;

namespace TicketRouter.Tickets;

/// <summary>A support ticket as a customer sends it. Null means that the form did not deliver the value.</summary>
public sealed record Ticket
{
    [JsonRequired]
    public string TicketId { get; init; } = "";
    public DateTimeOffset? CreatedAt { get; init; }
    public string Subject { get; init; } = "";
    public string Body { get; init; } = "";
    public string? Plan { get; init; }
    public string? Country { get; init; }
    public string? Language { get; init; }
    public string? Channel { get; init; }

    /// <summary>Days since the customer signed up.</summary>
    public double? AccountAgeDays { get; init; }
    public double? OpenTickets { get; init; }

    /// <summary>Amount of the customer's last order in EUR.</summary>
    public double? OrderAmount { get; init; }

    /// <summary>The ticket refers to an order; only then is it asked whether a refund is likely.</summary>
    public bool HasOrder { get; init; }
    public double? Attachments { get; init; }

    [JsonIgnore]
    public int MessageLength => Subject.Length + Body.Length;

    [JsonIgnore]
    public int Exclamations => Subject.AsSpan().Count('!') + Body.AsSpan().Count('!');

    /// <summary>Share of capitals among the letters, 0..1; 0 without letters.</summary>
    [JsonIgnore]
    public double CapitalsShare
    {
        get
        {
            int capitals = 0,
                letters = 0;
            foreach (var c in Subject.AsSpan())
                Count(c);
            foreach (var c in Body.AsSpan())
                Count(c);
            return letters == 0 ? 0 : Math.Round((double)capitals / letters, 4);

            void Count(char c)
            {
                if (!char.IsLetter(c))
                    return;
                letters++;
                if (char.IsUpper(c))
                    capitals++;
            }
        }
    }
}

/// <summary>What people find out about a ticket after the predictions: the ground truth of the three models.</summary>
public sealed record TicketOutcome
{
    public required string Topic { get; init; }
    public required string Queue { get; init; }
    public required bool RefundGranted { get; init; }
    public required double HandlingMinutes { get; init; }

    /// <summary>When the desk filed each fact; null when it never did.</summary>
    public DateTimeOffset? QueueKnownAt { get; init; }
    public DateTimeOffset? RefundKnownAt { get; init; }
    public DateTimeOffset? HandlingKnownAt { get; init; }
}

/// <summary>A ticket with its outcome, as only the simulation knows them together.</summary>
public sealed record SimulatedTicket(Ticket Ticket, TicketOutcome Outcome, DateTimeOffset At);
