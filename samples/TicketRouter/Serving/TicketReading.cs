using System.Globalization;
using System.Text.Json;
using TicketRouter.Tickets;

namespace TicketRouter.Serving;

/// <summary>One thing wrong with a request.</summary>
public sealed record TicketProblem(int Index, string Field, string Detail);

/// <summary>What a request held: tickets, or what is wrong with it.</summary>
public sealed record TicketReading(IReadOnlyList<Ticket> Tickets, bool Many, IReadOnlyList<TicketProblem> Problems)
{
    public const int MaxTickets = 500;
    public const int MaxBytes = 4 * 1024 * 1024;
    public const int MaxSubject = 1000;
    public const int MaxBody = 20_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Reads one ticket or an array of them.</summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public static async Task<TicketReading> ReadAsync(Stream body, CancellationToken ct)
    {
        using var document = await JsonDocument.ParseAsync(body, new JsonDocumentOptions { MaxDepth = 16 }, ct);
        var many = document.RootElement.ValueKind == JsonValueKind.Array;
        var elements = many ? document.RootElement.EnumerateArray().ToArray() : [document.RootElement];
        if (elements.Length is 0 or > MaxTickets)
        {
            return new(
                [],
                many,
                [
                    new(
                        0,
                        "",
                        string.Create(CultureInfo.InvariantCulture, $"{elements.Length} tickets; 1 to {MaxTickets} can be asked at once.")
                    ),
                ]
            );
        }

        List<Ticket> tickets = [];
        List<TicketProblem> problems = [];
        for (var i = 0; i < elements.Length; i++)
        {
            try
            {
                var ticket = elements[i].Deserialize<Ticket>(Json) ?? throw new JsonException("is null");
                problems.AddRange(Check(ticket).Select(problem => problem with { Index = i }));
                tickets.Add(ticket);
            }
            catch (JsonException wrong)
            {
                problems.Add(
                    new TicketProblem(
                        i,
                        wrong.Path?.TrimStart('$', '.') ?? "",
                        "cannot be read: a ticket is an object with ticket_id, subject, body and the documented values."
                    )
                );
            }
        }

        return new(tickets, many, problems);
    }

    private static IEnumerable<TicketProblem> Check(Ticket ticket)
    {
        if (ticket.TicketId is null or { Length: 0 or > 128 })
            yield return new(0, "ticket_id", "must have 1 to 128 characters.");
        if (ticket.Subject is null or { Length: > MaxSubject })
            yield return new(0, "subject", $"must be text of at most {MaxSubject:N0} characters.");
        if (ticket.Body is null or { Length: > MaxBody })
            yield return new(0, "body", $"must be text of at most {MaxBody:N0} characters.");
        if (string.IsNullOrWhiteSpace(ticket.Subject) && string.IsNullOrWhiteSpace(ticket.Body))
            yield return new(0, "body", "subject and body are both empty.");
        if (!Sound(ticket.AccountAgeDays))
            yield return new(0, "account_age_days", Range);
        if (!Sound(ticket.OpenTickets))
            yield return new(0, "open_tickets", Range);
        if (!Sound(ticket.OrderAmount))
            yield return new(0, "order_amount", Range);
        if (!Sound(ticket.Attachments))
            yield return new(0, "attachments", Range);
    }

    private const string Range = "must be a number from 0 to 1e9, or null.";

    private static bool Sound(double? value) => value is null or (>= 0 and <= 1e9);
}
