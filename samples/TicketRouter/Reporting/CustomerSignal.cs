using System.Buffers;
using TicketRouter.Tickets;

namespace TicketRouter.Reporting;

/// <summary>What a customer does after an answer: a business signal for one model, about one ticket.</summary>
public sealed record CustomerSignal(string Model, string TicketId, string Name, DateTimeOffset At) : IReportedFact
{
    /// <summary>The customer writes again about the same thing.</summary>
    public const string Reopened = "reopened";

    /// <summary>The longest that a customer takes.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(21);

    private const double AfterTheRightQueue = 0.05;
    private const double AfterAWrongQueue = 0.55;

    /// <inheritdoc/>
    public string Kind => EventKinds.Signals;

    /// <summary>
    /// Whether and when this customer writes again, given the queue that the ticket went to. The same seed and ticket give the same answer.
    /// </summary>
    public static CustomerSignal? Of(SimulatedTicket simulated, string queue, long seed)
    {
        var random = new SeededRandom(seed, 900, simulated.At.ToUnixTimeMilliseconds());
        var writesAgain = random.Chance(queue == simulated.Outcome.Queue ? AfterTheRightQueue : AfterAWrongQueue);
        return writesAgain
            ? new CustomerSignal(
                PredictionEvents.QueueModel,
                simulated.Ticket.TicketId,
                Reopened,
                simulated.At.AddHours(0.5 + (20 * random.Next()))
            )
            : null;
    }

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> into) => PredictionEvents.WriteSignal(into, this);
}
