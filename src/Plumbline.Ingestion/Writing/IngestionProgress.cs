using Plumbline.Events;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Registry.Spooling;

namespace Plumbline.Ingestion.Writing;

/// <summary>How fast events come and go, per second over the last ten seconds.</summary>
public readonly record struct IngestionRates(double ReceivedPerSecond, double StoredPerSecond);

/// <summary>Events of a model that were taken and are no duplicates, stored or about to be.</summary>
public readonly record struct ArrivedEvents(long Predictions, long GroundTruth, long Signals);

/// <summary>A block that the column store did not take so far.</summary>
public sealed record FailingBlock(long Number, int ModelId, EventKind Kind, long Rows, string Reason);

/// <summary>
/// What ingestion has done and has before it, for /progress and the health page. Counters are durable: received = stored + duplicate +
/// rejected + in the spool, read at one moment.
/// </summary>
public sealed class IngestionProgress(Spool spool, KnownEvents known, TimeProvider time)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);
    private const int SamplesKept = 11;
    private readonly Queue<(DateTimeOffset At, long Received, long Stored)> _samples = new();
    private readonly Lock _samplesLock = new();

    /// <summary>Bytes that wait in the spool.</summary>
    public long SpoolBytes => spool.Bytes;

    /// <summary>The spool's limit.</summary>
    public long SpoolMaxBytes => spool.MaxBytes;

    /// <summary>Memory of the filters that recognise duplicates.</summary>
    public long DuplicateFilterBytes => known.FilterBytes;

    /// <summary>True when a filter has reached its limit of memory: duplicates are still recognised, more slowly.</summary>
    public bool DuplicateFilterFull => known.AnyOverflowed;

    /// <summary>Blocks whose last try failed.</summary>
    public IReadOnlyList<FailingBlock> FailingBlocks =>
        [
            .. spool
                .OpenBlocks()
                .Where(block => block.Failure is not null)
                .Select(block => new FailingBlock(block.Number, block.ModelId, block.Kind, block.Rows, block.Failure!)),
        ];

    /// <summary>The counters of one model, all kinds together.</summary>
    public SpoolCounters Of(int modelId) => spool.Counters(modelId);

    /// <summary>The counters of one model and kind.</summary>
    public SpoolCounters Of(int modelId, EventKind kind) => spool.Counters(modelId, kind);

    /// <summary>What has come of one model: known at once, before the column store has it.</summary>
    public ArrivedEvents ArrivedOf(int modelId) =>
        new(Arrived(modelId, EventKind.Prediction), Arrived(modelId, EventKind.GroundTruth), Arrived(modelId, EventKind.Signal));

    /// <summary>The counters of all models together.</summary>
    public SpoolCounters Total => spool.Total;

    /// <summary>Rates over the last ten seconds; 0 in the first.</summary>
    public IngestionRates Rates
    {
        get
        {
            lock (_samplesLock)
            {
                if (_samples.Count < 2)
                    return default;
                var first = _samples.Peek();
                var last = _samples.Last();
                var seconds = (last.At - first.At).TotalSeconds;
                return seconds <= 0
                    ? default
                    : new IngestionRates((last.Received - first.Received) / seconds, (last.Stored - first.Stored) / seconds);
            }
        }
    }

    private long Arrived(int modelId, EventKind kind)
    {
        var counters = Of(modelId, kind);
        return counters.Stored + counters.InSpool;
    }

    /// <summary>Takes a sample for the rates when one is due.</summary>
    internal void Sample()
    {
        var now = time.GetUtcNow();
        lock (_samplesLock)
        {
            if (_samples.Count > 0 && now - _samples.Last().At < SampleEvery)
                return;
            var total = Total;
            _samples.Enqueue((now, total.Received, total.Stored));
            while (_samples.Count > SamplesKept)
                _samples.Dequeue();
        }
    }
}
