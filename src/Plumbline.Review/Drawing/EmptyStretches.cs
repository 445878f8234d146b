using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Review.Policies;
using Plumbline.Store;

namespace Plumbline.Review.Drawing;

/// <summary>
/// Stretches that had their draw when there was nothing in them, and have predictions now: a policy was declared before a file of history
/// was sent, or a sender was late by hours. They are drawn again, once what came is computed.
/// </summary>
public sealed class EmptyStretches(
    IColumnStore store,
    ModelTables tables,
    WindowLedger ledger,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time
)
{
    private const long HourMs = 3_600_000;

    // Predictions that a stretch of a policy had when it was drawn last and nothing of it could be chosen: those of other countries, for
    // example. As long as there are no more, it would be as empty again.
    private readonly ConcurrentDictionary<(int Policy, long FromMs), long> _looked = new();

    /// <summary>The stretches of a policy to draw again, within the time that a new policy would look back.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)>> FilledAsync(
        ModelDefinition model,
        StoredPolicy stored,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stored);
        var since = (time.GetUtcNow() - stored.Policy.MaxAge).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var empty = await db
            .ReviewDraws.Where(row => row.PolicyId == stored.Id && row.Population == 0 && row.ToMs > since)
            .OrderBy(row => row.FromMs)
            .Select(row => new { row.FromMs, row.ToMs })
            .ToListAsync(cancellation);
        if (empty.Count == 0)
            return [];
        var hours = await HoursAsync(model, empty[0].FromMs, empty.Max(row => row.ToMs), cancellation);
        var filled = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var row in empty)
        {
            var there = hours.Where(hour => hour.Key < row.ToMs && hour.Key + HourMs > row.FromMs).Sum(hour => hour.Value);
            var to = DateTimeOffset.FromUnixTimeMilliseconds(row.ToMs);
            if (there == 0 || _looked.GetValueOrDefault((stored.Id, row.FromMs)) == there)
                continue;
            // More may be on its way.
            if (await ledger.IsWaitingBeforeAsync(model.Id, to, cancellation))
                break;
            _looked[(stored.Id, row.FromMs)] = there;
            filled.Add((DateTimeOffset.FromUnixTimeMilliseconds(row.FromMs), to));
        }

        return filled;
    }

    // Predictions by hour, epoch milliseconds of its start.
    private async Task<Dictionary<long, long>> HoursAsync(ModelDefinition model, long fromMs, long toMs, CancellationToken cancellation)
    {
        await tables.EnsureAsync(model.Id, [], cancellation);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT toInt64(toUnixTimestamp(toStartOfHour(timestamp))) AS hour, count() FROM {ModelTables.Predictions(model.Id)} "
                    + "WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND role = 'primary' "
                    + "GROUP BY hour",
                new("from", DateTimeOffset.FromUnixTimeMilliseconds(fromMs)),
                new("to", DateTimeOffset.FromUnixTimeMilliseconds(toMs))
            ),
            cancellation
        );
        var hours = new Dictionary<long, long>();
        while (rows.Read())
            hours[rows.ReadInt64() * 1000] = (long)rows.ReadUInt64();
        return hours;
    }
}
