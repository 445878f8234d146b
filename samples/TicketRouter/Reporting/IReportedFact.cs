using System.Buffers;

namespace TicketRouter.Reporting;

/// <summary>Something that is known about a ticket only after it was answered.</summary>
public interface IReportedFact
{
    /// <summary>The model that it is about.</summary>
    string Model { get; }

    /// <summary>When it is known.</summary>
    DateTimeOffset At { get; }

    /// <summary><see cref="EventKinds.GroundTruth"/> or <see cref="EventKinds.Signals"/>.</summary>
    string Kind { get; }

    /// <summary>One line without its end.</summary>
    void Write(IBufferWriter<byte> into);
}
