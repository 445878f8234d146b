using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Plumbline.Registry.Telemetry;

/// <summary>What an instrument has measured since the start.</summary>
/// <param name="Capability">Whose it is: Ingestion, Monitoring ..</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Of its values; empty for a plain number.</param>
/// <param name="Description">What it measures, for people.</param>
/// <param name="IsWork">Whether each measurement is one run of some work, in seconds.</param>
/// <param name="Attributes">Attributes of this reading, <c>key=value</c>; empty when there are none.</param>
/// <param name="Count">Measurements; of work runs.</param>
/// <param name="Failed">Runs that failed.</param>
/// <param name="Value">The sum of what was added; of what is observed the last observation; of work the seconds of all runs.</param>
/// <param name="Longest">Of work the longest run, in seconds.</param>
public sealed record InstrumentReading(
    string Capability,
    string Name,
    string Unit,
    string Description,
    bool IsWork,
    string Attributes,
    long Count,
    long Failed,
    double Value,
    double Longest
);

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
        var (attributes, failed) = ("", false);
        foreach (var (key, text) in tags)
        {
            if (key == WorkInstrument.ErrorType)
                failed = true;
            else
                attributes = $"{attributes}{(attributes.Length > 0 ? ", " : "")}{key}={text}";
        }

        var known = _instruments[instrument];
        var place = known.Count < MostSeries || known.ContainsKey(attributes) ? attributes : "others";
        known.GetOrAdd(place, static _ => new Series()).Add(value, failed, instrument.IsObservable);
    }

    private sealed class Series
    {
        private readonly Lock _lock = new();
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
            }
        }

        internal InstrumentReading Of(Instrument instrument, string attributes)
        {
            lock (_lock)
            {
                return new InstrumentReading(
                    instrument.Meter.Name[CapabilityInstruments.Prefix.Length..],
                    instrument.Name,
                    instrument.Unit ?? "",
                    instrument.Description ?? "",
                    instrument is Histogram<double>,
                    attributes,
                    _count,
                    _failed,
                    _value,
                    _longest
                );
            }
        }
    }
}
