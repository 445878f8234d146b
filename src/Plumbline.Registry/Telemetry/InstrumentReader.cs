using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Plumbline.Registry.Telemetry;

/// <summary>Listens to the instruments of this host's capabilities, for the health page.</summary>
public sealed class InstrumentReader : IDisposable
{
    /// <summary>Combinations of attributes that are kept of one instrument; further ones are added to the last.</summary>
    private const int MostSeries = 50;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">Whose meters are listened to: others in this process belong to other hosts.</param>
    public InstrumentReader(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            var isOurs = instrument.Meter.Name.StartsWith(CapabilityInstruments.Prefix, StringComparison.Ordinal);
            if (!isOurs || instrument.Meter.Scope != meters)
                return;
            _instruments.TryAdd(instrument, new ConcurrentDictionary<string, Series>(StringComparer.Ordinal));
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All instruments, whether they have measured anything or not.</summary>
    public IReadOnlyCollection<Instrument> Instruments => [.. _instruments.Keys];

    /// <summary>Every reading, by capability and name.</summary>
    public IReadOnlyList<InstrumentReading> Read()
    {
        _listener.RecordObservableInstruments();
        return
        [
            .. _instruments
                .SelectMany(pair => pair.Value.Select(series => series.Value.Of(pair.Key, series.Key)))
                .OrderBy(reading => reading.Capability, StringComparer.Ordinal)
                .ThenBy(reading => reading.Name, StringComparer.Ordinal)
                .ThenBy(reading => reading.Attributes, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var failed = false;
        List<KeyValuePair<string, string>>? labels = null;
        foreach (var (key, text) in tags)
        {
            if (key == WorkInstrument.ErrorType)
                failed = true;
            else
                (labels ??= []).Add(new(key, $"{text}"));
        }

        var known = _instruments[instrument];
        var attributes = labels is null ? "" : string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"));
        var (place, kept) =
            known.Count < MostSeries || known.ContainsKey(attributes) ? (attributes, labels ?? []) : ("others", [new("others", "true")]);
        known.GetOrAdd(place, static (_, kept) => new Series(kept), kept).Add(value, failed, instrument.IsObservable);
    }

    private static InstrumentKind KindOf(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> => InstrumentKind.Work,
            Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> => InstrumentKind.Counter,
            _ => InstrumentKind.Level,
        };

    private sealed class Series(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[WorkInstrument.BucketSeconds.Length + 1];
        private long _count;
        private long _failed;
        private double _value;
        private double _longest;

        internal void Add(double value, bool failed, bool isObserved)
        {
            lock (_lock)
            {
                _count++;
                _failed += failed ? 1 : 0;
                _value = isObserved ? value : _value + value;
                _longest = Math.Max(_longest, value);
                var found = WorkInstrument.BucketSeconds.AsSpan().BinarySearch(value);
                _buckets[found < 0 ? ~found : found]++;
            }
        }

        internal InstrumentReading Of(Instrument instrument, string attributes)
        {
            lock (_lock)
            {
                return new InstrumentReading
                {
                    Capability = instrument.Meter.Name[CapabilityInstruments.Prefix.Length..],
                    Name = instrument.Name,
                    Unit = instrument.Unit ?? "",
                    Description = instrument.Description ?? "",
                    Kind = KindOf(instrument),
                    Labels = labels,
                    Attributes = attributes,
                    Count = _count,
                    Failed = _failed,
                    Value = _value,
                    Longest = _longest,
                    Buckets = [.. _buckets],
                };
            }
        }
    }
}
