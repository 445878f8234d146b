using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>
/// Which refused rows were counted already: a pull that looks back meets them again, and a bad row is one bad row however often it is read.
/// Kept in memory, <see cref="MostPerSource"/> of a source: those beyond, and those read again after a start, are counted once more.
/// </summary>
internal sealed class RefusedRows
{
    /// <summary>Positions kept of a source; documented in docs/sources.md.</summary>
    public const int MostPerSource = 10_000;

    private readonly ConcurrentDictionary<long, (int Generation, Dictionary<SourcePosition, int> Counts)> _known = new();

    public RefusedRows(SourceCatalog sources) => sources.Removed += id => _known.TryRemove(id, out _);

    /// <summary>Begins a pull of a source as it is declared now.</summary>
    public Pull Begin(OutcomeSourceRow row) =>
        new(this, row, _known.TryGetValue(row.Id, out var known) && known.Generation == row.Generation ? known.Counts : []);

    /// <summary>What one pull meets.</summary>
    internal sealed class Pull(RefusedRows owner, OutcomeSourceRow row, Dictionary<SourcePosition, int> before)
    {
        // By number, because rows may share a position where no tie breaker is declared.
        private readonly Dictionary<SourcePosition, int> _met = [];

        /// <summary>Takes note of a refused row. True when it was not counted before.</summary>
        public bool IsNew(SourcePosition position)
        {
            if (_met.Count >= MostPerSource && !_met.ContainsKey(position))
                _met.Clear();
            ref var met = ref CollectionsMarshal.GetValueRefOrAddDefault(_met, position, out _);
            return ++met > before.GetValueOrDefault(position);
        }

        /// <summary>
        /// What was met until now is counted. A pull that has not reached the end has not met all that those before it had.
        /// </summary>
        public void Save(bool isComplete)
        {
            var counted = new Dictionary<SourcePosition, int>(_met);
            if (!isComplete)
            {
                foreach (var (position, count) in before)
                {
                    if (counted.Count < MostPerSource && count > counted.GetValueOrDefault(position))
                        counted[position] = count;
                }
            }

            if (counted.Count == 0)
                owner._known.TryRemove(row.Id, out _);
            else
                owner._known[row.Id] = (row.Generation, counted);
        }
    }
}
