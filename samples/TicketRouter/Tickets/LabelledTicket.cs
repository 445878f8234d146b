namespace TicketRouter.Tickets;

/// <summary>A ticket with the queue that somebody said is right.</summary>
public sealed record LabelledTicket(Ticket Ticket, string Queue);
