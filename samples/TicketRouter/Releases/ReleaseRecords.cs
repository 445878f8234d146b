using System.Text.Json;
using TicketRouter.Tickets;

namespace TicketRouter.Releases;

/// <summary>A release and what it was trained with: ids of tickets and the right queue of each, in the order of training.</summary>
/// <param name="Version">Its name.</param>
/// <param name="World">What its tickets follow from: in another world their ids are other tickets'.</param>
/// <param name="Rows">Ids and queues.</param>
public sealed record ReleaseRecord(string Version, string World, IReadOnlyList<KeyValuePair<string, string>> Rows);

/// <summary>
/// Remembers over a restart what releases were trained with, one file each. The model itself is not kept: training follows from the seed
/// and the tickets, and gives the same release again.
/// </summary>
/// <param name="folder">Where; null: nothing is remembered.</param>
/// <param name="world">What tickets follow from; releases of another world are left alone.</param>
public sealed class ReleaseRecords(string? folder, string world)
{
    /// <summary>Trains what was trained before this start once more, in the same order.</summary>
    public void Restore(ReleaseCatalog releases, TicketArchive archive, TicketTraffic traffic, long seed)
    {
        foreach (var record in Read())
        {
            List<LabelledTicket> tickets =
            [
                .. record
                    .Rows.Select(row => (Found: archive.Find(row.Key), Queue: row.Value))
                    .Where(row => row.Found is not null)
                    .Select(row => new LabelledTicket(row.Found!.Ticket, row.Queue)),
            ];
            releases.Retrain(tickets, traffic, seed);
        }
    }

    /// <summary>Remembers a release, whole or not at all.</summary>
    public void Write(string version, IReadOnlyList<LabelledTicket> tickets)
    {
        if (folder is null)
            return;
        Directory.CreateDirectory(folder);
        var record = new ReleaseRecord(version, world, [.. tickets.Select(one => KeyValuePair.Create(one.Ticket.TicketId, one.Queue))]);
        var (path, unfinished) = (Path.Combine(folder, version + ".json"), Path.Combine(folder, version + ".unfinished"));
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(record));
        File.Move(unfinished, path, overwrite: true);
    }

    private IEnumerable<ReleaseRecord> Read() =>
        folder is null || !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateFiles(folder, "v*.json")
                .Select(path => JsonSerializer.Deserialize<ReleaseRecord>(File.ReadAllBytes(path))!)
                .Where(record => string.Equals(record.World, world, StringComparison.Ordinal))
                .OrderBy(record => record.Version.Length)
                .ThenBy(record => record.Version, StringComparer.Ordinal);
}
