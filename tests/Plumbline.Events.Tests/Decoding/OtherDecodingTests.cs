using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Tests.Decoding;

public class OtherDecodingTests
{
    [Fact]
    public void Ground_truth_is_read_and_its_faults_named()
    {
        using var decoder = Decode(
            EventKind.GroundTruth,
            """
            [{"prediction_id":"p","timestamp":1772352902123,"value":1,"source":"crm"},{"prediction_id":"q","value":"FR"},{"value":1},{"prediction_id":"r"},{"prediction_id":"r","value":null},
             {"prediction_id":"r","value":[1]},{"prediction_id":"r","value":""},{"prediction_id":"s","value":true}]
            """
        );
        var reader = new EventBatchReader(decoder.Batch.Seal());
        Assert.True(reader.TryRead(out GroundTruth first));
        Assert.Equal(
            ("p", 1772352902123, "1", 1.0, "crm"),
            (Text(first.PredictionId), first.TimestampMs, Text(first.Value), first.Number, Text(first.Source))
        );
        Assert.True(reader.TryRead(out GroundTruth second));
        Assert.Equal(("FR", double.NaN), (Text(second.Value), second.Number));
        Assert.True(reader.TryRead(out GroundTruth third));
        Assert.Equal("true", Text(third.Value));
        Assert.False(reader.TryRead(out GroundTruth _));
        Assert.Equal(
            [
                (2L, RejectionCode.FieldMissing),
                (3L, RejectionCode.FieldMissing),
                (4L, RejectionCode.FieldMissing),
                (5L, RejectionCode.FieldInvalid),
                (6L, RejectionCode.FieldMissing),
            ],
            decoder.Batch.Rejections.Select(r => (r.Index, r.Code))
        );
    }

    [Fact]
    public void Signals_are_read_and_their_faults_named()
    {
        using var decoder = Decode(
            EventKind.Signal,
            """[{"name":"click","timestamp":"2026-03-01T00:00:00+01:00","value":2.5,"prediction_id":"p","version":"v","segment":"plan=a"},{"name":"seen"},{"value":1},{"name":""},{"name":"x","value":"y"}]"""
        );
        var reader = new EventBatchReader(decoder.Batch.Seal());
        Assert.True(reader.TryRead(out Signal first));
        Assert.Equal(
            ("click", 2.5, "p", "v", "plan=a"),
            (Text(first.Name), first.Value, Text(first.PredictionId), Text(first.Version), Text(first.Segment))
        );
        Assert.Equal(
            DateTimeOffset.Parse("2026-02-28T23:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            first.TimestampMs
        );
        Assert.True(reader.TryRead(out Signal second));
        Assert.Equal(("seen", 1.0), (Text(second.Name), second.Value));
        Assert.Equal([2L, 3L, 4L], decoder.Batch.Rejections.Select(r => r.Index));
    }

    [Theory]
    [InlineData("2026-03-01T08:15:02.123Z", "2026-03-01T08:15:02.123Z")]
    [InlineData("2026-03-01t08:15:02z", "2026-03-01T08:15:02Z")]
    [InlineData("2026-03-01 08:15:02.123999-05:30", "2026-03-01T13:45:02.123Z")]
    [InlineData("2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z")]
    public void RFC_3339_is_read(string text, string same)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var epochMs));
        Assert.Equal(DateTimeOffset.Parse(same, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), epochMs);
    }

    [Theory]
    [InlineData("2026-03-01")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2026-03-01T24:00:00Z")]
    [InlineData("2026-03-01T08:15:02.Z")]
    [InlineData("2026-03-01T08:15:02+1:00")]
    [InlineData("2026-03-01T08:15:02Zx")]
    [InlineData("2026-03-01T08:15:02.123")]
    public void Everything_else_is_not_RFC_3339(string text) => Assert.False(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task NDJSON_is_read_in_chunks_whatever_the_pieces_that_arrive(int piece)
    {
        var lines = new StringBuilder("\uFEFF");
        for (var i = 0; i < 25; i++)
        {
            lines
                .Append(CultureInfo.InvariantCulture, $$$"""{"prediction_id":"p{{{i}}}","features":{"a":{{{i}}}}}""")
                .Append(i % 2 == 0 ? "\n" : "\r\n");
        }

        lines.Append(
            "\n  \nnot json\n{\"features\":{\"a\":NaN}}\n"
                + new string('x', 5000)
                + "\n[{}]\n{\"prediction_id\":\"last\"} {}\n{\"prediction_id\":\"end\"}"
        );
        var limits = new EventLimits { ChunkRows = 10, LineBytes = 1024 };
        using var decoder = new EventDecoder(EventKind.Prediction, limits);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writing = Task.Run(
            async () =>
            {
                foreach (var part in Encoding.UTF8.GetBytes(lines.ToString()).Chunk(piece))
                    await pipe.Writer.WriteAsync(part, TestContext.Current.CancellationToken);
                await pipe.Writer.CompleteAsync();
            },
            TestContext.Current.CancellationToken
        );
        var reader = new NdjsonReader(pipe.Reader, limits);
        var ids = new List<string>();
        var rejections = new List<RowRejection>();
        bool more;
        do
        {
            decoder.Begin(new DecodeContext(Decoded.Now, null, false));
            more = await reader.FillAsync(decoder, TestContext.Current.CancellationToken);
            Assert.InRange(decoder.Batch.Rows.Length, 0, 10);
            var decoded = Decoded.From(decoder.Batch);
            ids.AddRange(decoded.Rows.Select(r => r.Id));
            rejections.AddRange(decoded.Rejections);
        } while (more);
        await writing;
        Assert.Equal([.. Enumerable.Range(0, 25).Select(i => $"p{i}"), "end"], ids);
        Assert.Equal(
            [
                (25L, RejectionCode.MalformedJson),
                (26L, RejectionCode.MalformedJson),
                (27L, RejectionCode.LineTooLong),
                (28L, RejectionCode.RowNotObject),
                (29L, RejectionCode.MalformedJson),
            ],
            rejections.Select(r => (r.Index, r.Code))
        );
    }

    [Fact]
    public async Task NDJSON_beyond_its_limit_is_too_large()
    {
        var limits = new EventLimits { StreamBytes = 100 };
        using var decoder = new EventDecoder(EventKind.Prediction, limits);
        decoder.Begin(new DecodeContext(Decoded.Now, null, false));
        var body = PipeReader.Create(
            new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"prediction\":\"a\"}\n", 10))))
        );
        await Assert.ThrowsAsync<BodyTooLargeException>(async () =>
            await new NdjsonReader(body, limits).FillAsync(decoder, TestContext.Current.CancellationToken)
        );
    }

    private static EventDecoder Decode(EventKind kind, string json)
    {
        var decoder = new EventDecoder(kind, new EventLimits());
        decoder.Begin(new DecodeContext(Decoded.Now, null, false));
        decoder.DecodeBody(Encoding.UTF8.GetBytes(json));
        return decoder;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
