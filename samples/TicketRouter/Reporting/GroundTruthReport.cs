using System.Buffers;
using TicketRouter.Tickets;

namespace TicketRouter.Reporting;

/// <summary>One fact that the desk files about a ticket: a class or a number, for one model.</summary>
public sealed record GroundTruthReport(string Model, string TicketId, DateTimeOffset At, string? Class, double? Number) : IReportedFact
{
    /// <inheritdoc/>
    public string Kind => EventKinds.GroundTruth;

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> into) => PredictionEvents.WriteGroundTruth(into, this);

    /// <summary>Everything that the desk ever files about a ticket.</summary>
    public static IEnumerable<GroundTruthReport> Of(SimulatedTicket simulated)
    {
        var (ticket, outcome, _) = simulated;
        if (outcome.QueueKnownAt is { } queue)
            yield return new(PredictionEvents.QueueModel, ticket.TicketId, queue, outcome.Queue, null);
        if (ticket.HasOrder && outcome.RefundKnownAt is { } refund)
            yield return new(PredictionEvents.RefundModel, ticket.TicketId, refund, PredictionEvents.YesNo(outcome.RefundGranted), null);
        if (outcome.HandlingKnownAt is { } handling)
            yield return new(PredictionEvents.HandlingModel, ticket.TicketId, handling, null, outcome.HandlingMinutes);
    }
}
