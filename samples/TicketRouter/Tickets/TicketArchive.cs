using System.Collections.Concurrent;
using System.Globalization;

namespace TicketRouter.Tickets;

/// <summary>
/// The service's own store of tickets: what was written under an id, with the message that never leaves the service. The simulation writes
/// each ticket anew, as all of them follow from the seed.
/// </summary>
public sealed class TicketArchive(TicketTraffic traffic)
{
    /// <summary>Hours of the history that are kept; training reads many tickets of the same few.</summary>
    private const int KeptHours = 24 * 15;

    private readonly ConcurrentDictionary<long, IReadOnlyDictionary<string, SimulatedTicket>> _hours = new();

    /// <summary>The ticket of an id; null for one that no customer wrote.</summary>
    public SimulatedTicket? Find(string id)
    {
        if (
            id.Split('-') is not [var kind, var place, _]
            || !long.TryParse(place, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
        )
        {
            return null;
        }

        try
        {
            return kind switch
            {
                "t" => HourOf(number).GetValueOrDefault(id),
                "l" => traffic
                    .Second(DateTimeOffset.FromUnixTimeSeconds(number))
                    .FirstOrDefault(ticket => string.Equals(ticket.Ticket.TicketId, id, StringComparison.Ordinal)),
                _ => null,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            // A place beyond all times: somebody else's id.
            return null;
        }
    }

    private IReadOnlyDictionary<string, SimulatedTicket> HourOf(long number)
    {
        if (_hours.Count >= KeptHours)
            _hours.Clear();
        return _hours.GetOrAdd(
            number,
            hour =>
                traffic
                    .Hour(DateTimeOffset.FromUnixTimeSeconds(hour * 3600))
                    .ToDictionary(ticket => ticket.Ticket.TicketId, StringComparer.Ordinal)
        );
    }
}
