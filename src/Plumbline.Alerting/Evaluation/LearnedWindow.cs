using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Monitoring.Metrics;
using Plumbline.Statistics.Alarms;

namespace Plumbline.Alerting.Evaluation;

/// <summary>A window from which normal is learned.</summary>
/// <param name="Start">Its start, on the second.</param>
/// <param name="Value">The metric's value.</param>
/// <param name="StandardError">That of the value, to single precision; 0 where a metric has none.</param>
/// <param name="N">Rows behind the value.</param>
public sealed record LearnedWindow(DateTimeOffset Start, double Value, double StandardError, long N = 0)
{
    /// <summary>Half of a 95 % interval is so many standard errors.</summary>
    internal const double ErrorsOf95 = 1.959964;

    /// <summary>What a point teaches. The standard error is that of its 95 % interval; of a metric without one, the spread between windows
    /// says it all.</summary>
    /// <param name="point">A point with a value.</param>
    public static LearnedWindow Of(MetricPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        var error = point is { Lower: { } lower, Upper: { } upper } ? Math.Max(0, (upper - lower) / (2 * ErrorsOf95)) : 0;
        return new LearnedWindow(point.WindowStart, point.Value!.Value, (float)error, point.N);
    }

    /// <summary>As the mathematics takes it.</summary>
    public WindowValue ToValue() => new(Start, Value, StandardError) { Rows = N };
}

/// <summary>
/// Windows as one text of 27 characters each: a stream keeps two weeks of hours, and all streams of a rule are written with every step.
/// Lists of objects, as they were written before, are read too.
/// </summary>
internal sealed class LearnedWindowsConverter : JsonConverter<ImmutableList<LearnedWindow>>
{
    private const int Bytes = 20;

    /// <inheritdoc/>
    public override ImmutableList<LearnedWindow> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
            return [.. JsonSerializer.Deserialize<LearnedWindow[]>(ref reader, options)!];
        var packed = reader.GetBytesFromBase64();
        var windows = ImmutableList.CreateBuilder<LearnedWindow>();
        for (var at = 0; at + Bytes <= packed.Length; at += Bytes)
        {
            var one = packed.AsSpan(at, Bytes);
            windows.Add(
                new LearnedWindow(
                    DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(one)),
                    BinaryPrimitives.ReadDoubleLittleEndian(one[4..]),
                    BinaryPrimitives.ReadSingleLittleEndian(one[12..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(one[16..])
                )
            );
        }

        return windows.ToImmutable();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ImmutableList<LearnedWindow> value, JsonSerializerOptions options)
    {
        var packed = new byte[value.Count * Bytes];
        var at = 0;
        foreach (var window in value)
        {
            var one = packed.AsSpan(at, Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(one, (uint)window.Start.ToUnixTimeSeconds());
            BinaryPrimitives.WriteDoubleLittleEndian(one[4..], window.Value);
            BinaryPrimitives.WriteSingleLittleEndian(one[12..], (float)window.StandardError);
            BinaryPrimitives.WriteUInt32LittleEndian(one[16..], (uint)Math.Min(window.N, uint.MaxValue));
            at += Bytes;
        }

        writer.WriteBase64StringValue(packed);
    }
}
