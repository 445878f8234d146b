using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Tests.Decoding;

public class PredictionDecodingTests
{
    [Fact]
    public void Every_field_of_the_contract_is_read()
    {
        var decoded = Decoded.Predictions(
            """
            { "prediction_id": "p-1", "timestamp": "2026-03-01T08:15:02.123Z", "version": "v3",
              "features": { "amount": 12.5, "country": "FR", "is_new": true, "old": false, "subject": "a \u00e9\n\"", "age": null, "tags": [1, {"a":"b"}], "key": 12345678901234567890 },
              "prediction": "1", "probabilities": {"0":0.2,"1":0.8}, "score": 0.75,
              "latency_ms": 12.1, "status": "timeout", "error": "late", "trace_id": "t1", "role": "shadow", "metadata": {"tenant":"a"} }
            """
        );
        var row = Assert.Single(decoded.Rows);
        Assert.Equal("p-1", row.Id);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 15, 2, 123, TimeSpan.Zero).ToUnixTimeMilliseconds(), row.TimestampMs);
        Assert.Equal("v3", row.Version);
        Assert.Equal((PredictionRole.Shadow, PredictionStatus.Timeout), (row.Role, row.Status));
        Assert.Equal(("1", 0.75, 12.1), (row.Class, row.Score, row.LatencyMs));
        Assert.True(double.IsNaN(row.Number));
        Assert.Equal(("late", "t1", """{"tenant":"a"}"""), (row.Error, row.TraceId, row.Metadata));
        Assert.Equal(new Dictionary<string, double> { ["0"] = 0.2, ["1"] = 0.8 }, row.Probabilities);
        Assert.Equal(12.5, row.Features["amount"]);
        Assert.Equal("FR", row.Features["country"]);
        Assert.Equal(true, row.Features["is_new"]);
        Assert.Equal(false, row.Features["old"]);
        Assert.Equal("a é\n\"", row.Features["subject"]);
        Assert.Null(row.Features["age"]);
        Assert.Equal(new RawJson("""[1, {"a":"b"}]"""), row.Features["tags"]);
        Assert.Equal((12345678901234567890d, "12345678901234567890"), row.Features["key"]);
        Assert.Empty(decoded.Rejections);
        Assert.Empty(decoded.Ignored);
    }

    [Fact]
    public void The_id_hash_is_the_first_8_bytes_of_SHA_256_little_endian()
    {
        var row = Decoded.Predictions("""{"prediction_id":"é-1"}""").Rows[0];
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes("é-1"))), row.Hash.Low);
    }

    [Fact]
    public void A_row_without_id_or_time_gets_a_UUID_and_the_time_of_receipt()
    {
        var rows = Decoded.Predictions("""[{"features":{"a":1}},{"features":{"a":2}}]""").Rows;
        Assert.Equal(2, rows.Select(r => Guid.Parse(r.Id)).Distinct().Count());
        Assert.All(rows, r => Assert.Equal('7', r.Id[14]));
        Assert.All(rows, r => Assert.Equal(Decoded.Now.ToUnixTimeMilliseconds(), r.TimestampMs));
    }

    [Fact]
    public void Names_are_kept_once_for_all_rows_in_any_order()
    {
        var rows = Decoded.Predictions("""[{"features":{"a":1,"b":2}},{"features":{"b":3,"c":5,"a":4}},{"features":{"a":6,"b":7}}]""").Rows;
        Assert.Equal([1.0, 4.0, 6.0], rows.Select(r => (double)r.Features["a"]!));
        Assert.Equal([2.0, 3.0, 7.0], rows.Select(r => (double)r.Features["b"]!));
        Assert.Equal(5.0, rows[1].Features["c"]);
    }

    [Theory]
    [InlineData("""{"prediction":1}""", "1")]
    [InlineData("""{"prediction":1.0}""", "1")]
    [InlineData("""{"prediction":-0.0}""", "0")]
    [InlineData("""{"prediction":0.25}""", "0.25")]
    [InlineData("""{"prediction":true}""", "true")]
    [InlineData("""{"prediction":"<b>'; DROP TABLE x;--"}""", "<b>'; DROP TABLE x;--")]
    [InlineData("""{"prediction":null}""", "")]
    public void A_class_has_one_canonical_text(string json, string expected) =>
        Assert.Equal(expected, Decoded.Predictions(json).Rows[0].Class);

    [Fact]
    public void A_regression_takes_numbers_only()
    {
        var decoded = Decoded.Predictions("""[{"prediction":2.5},{"prediction":"2.5"},{"prediction":1e999}]""", numeric: true);
        Assert.Equal(2.5, Assert.Single(decoded.Rows).Number);
        Assert.Equal(
            [(1L, RejectionCode.PredictionInvalid), (2L, RejectionCode.PredictionInvalid)],
            decoded.Rejections.Select(r => (r.Index, r.Code))
        );
    }

    [Fact]
    public void A_number_beyond_a_double_is_an_infinity()
    {
        var row = Decoded.Predictions("""{"features":{"a":1e999,"b":-1e999,"c":1e-999}}""").Rows[0];
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity, 0.0], row.Features.Values);
    }

    [Theory]
    [InlineData("""{"timestamp":"yesterday"}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":"2026-03-01T08:15:02"}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":1767225600}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":true}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":1e999}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":"1969-12-31T23:59:59Z"}""", RejectionCode.TimestampInvalid, "timestamp")]
    [InlineData("""{"timestamp":"2026-03-02T12:00:01Z"}""", RejectionCode.TimestampInFuture, "timestamp")]
    [InlineData("""{"prediction_id":""}""", RejectionCode.IdInvalid, "prediction_id")]
    [InlineData("""{"prediction_id":"a\u0000b"}""", RejectionCode.IdInvalid, "prediction_id")]
    [InlineData("""{"prediction_id":{}}""", RejectionCode.IdInvalid, "prediction_id")]
    [InlineData("""{"features":[1]}""", RejectionCode.FieldInvalid, "features")]
    [InlineData("""{"features":{"":1}}""", RejectionCode.FeatureNameInvalid, "")]
    [InlineData("""{"features":{"@score":1}}""", RejectionCode.FeatureNameInvalid, "@score")]
    [InlineData("""{"features":{"a\u0001":1}}""", RejectionCode.FeatureNameInvalid, "a\uFFFD")]
    [InlineData("""{"features":{"a":1,"b":2,"a":3}}""", RejectionCode.DuplicateKey, "a")]
    [InlineData("""{"version":"1","version":"2"}""", RejectionCode.DuplicateKey, "version")]
    [InlineData("""{"features":{"a":"\ud800"}}""", RejectionCode.TextInvalid, "a")]
    [InlineData("""{"score":1.5}""", RejectionCode.ProbabilityInvalid, "score")]
    [InlineData("""{"score":"high"}""", RejectionCode.FieldInvalid, "score")]
    [InlineData("""{"probabilities":{"a":0.9,"b":0.9}}""", RejectionCode.ProbabilityInvalid, "probabilities")]
    [InlineData("""{"probabilities":{"a":-0.1}}""", RejectionCode.ProbabilityInvalid, "probabilities")]
    [InlineData("""{"probabilities":{"a":0.1,"a":0.1}}""", RejectionCode.DuplicateKey, "probabilities")]
    [InlineData("""{"probabilities":{"a":"x"}}""", RejectionCode.FieldInvalid, "probabilities")]
    [InlineData("""{"latency_ms":-1}""", RejectionCode.FieldInvalid, "latency_ms")]
    [InlineData("""{"status":"great"}""", RejectionCode.FieldInvalid, "status")]
    [InlineData("""{"role":"both"}""", RejectionCode.FieldInvalid, "role")]
    [InlineData("""{"metadata":[1]}""", RejectionCode.FieldInvalid, "metadata")]
    [InlineData("""{"version":["v1"]}""", RejectionCode.FieldInvalid, "version")]
    [InlineData("17", RejectionCode.RowNotObject, null)]
    [InlineData("[[1]]", RejectionCode.RowNotObject, null)]
    public void A_bad_row_is_refused_with_index_code_and_field_and_the_others_are_kept(string bad, string code, string? field)
    {
        var decoded = Decoded.Predictions(
            $$$"""[{"prediction_id":"before","features":{"x":1}},{{{bad}}},{"prediction_id":"after","features":{"x":2}}]"""
        );
        Assert.Equal(["before", "after"], decoded.Rows.Select(r => r.Id));
        Assert.Equal(2.0, decoded.Rows[1].Features["x"]);
        var rejection = Assert.Single(decoded.Rejections);
        Assert.Equal((1L, code, field), (rejection.Index, rejection.Code, rejection.Field));
        Assert.NotEmpty(rejection.Detail);
    }

    [Fact]
    public void A_declared_retention_refuses_what_is_older()
    {
        var decoded = Decoded.Predictions(
            """[{"timestamp":"2018-01-01T00:00:00Z"},{"timestamp":"2026-02-01T00:00:00Z"}]""",
            oldest: new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );
        Assert.Single(decoded.Rows);
        Assert.Equal(RejectionCode.TimestampTooOld, Assert.Single(decoded.Rejections).Code);
        Assert.Empty(Decoded.Predictions("""{"timestamp":"2018-01-01T00:00:00Z"}""").Rejections);
    }

    [Fact]
    public void Long_deep_and_wide_values_are_refused_by_row()
    {
        var long1 = new string('x', 1_000_000);
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        var wide = string.Join(',', Enumerable.Range(0, 5001).Select(i => $"\"f{i}\":1"));
        var decoded = Decoded.Predictions(
            $$$"""[{"features":{"a":"{{{long1}}}"}},{"features":{"a":{{{deep}}} }},{"features":{ {{{wide}}} }},{"prediction_id":"{{{long1}}}"},{"features":{"a":1}}]"""
        );
        Assert.Equal(1.0, Assert.Single(decoded.Rows).Features["a"]);
        Assert.Equal(
            [RejectionCode.ValueTooLong, RejectionCode.NestedTooDeep, RejectionCode.TooManyFeatures, RejectionCode.IdInvalid],
            decoded.Rejections.Select(r => r.Code)
        );
        Assert.All(decoded.Rejections, r => Assert.InRange(r.Detail.Length, 10, 300));
    }

    [Fact]
    public void An_error_text_is_cut_at_a_character()
    {
        var row = Decoded.Predictions($$"""{"error":"x{{new string('é', 10_000)}}"}""").Rows[0];
        Assert.Equal("x" + new string('é', 4095), row.Error);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_refuse_the_row()
    {
        byte[] body =
        [
            .. "[{\"features\":{\"a\":\""u8,
            0xC3,
            0x28,
            .. "\"}},{\"features\":{\"a\":[\""u8,
            0xFF,
            .. "\"]}},{\"features\":{\"b"u8,
            0xFF,
            .. "\":1}},{\"features\":{\"a\":\"ok\\u0000\"}}]"u8,
        ];
        var decoded = Decoded.Predictions(body);
        Assert.Equal("ok\0", Assert.Single(decoded.Rows).Features["a"]);
        Assert.Equal(
            [RejectionCode.TextInvalid, RejectionCode.TextInvalid, RejectionCode.FeatureNameInvalid],
            decoded.Rejections.Select(r => r.Code)
        );
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("  \n ", 4, "empty")]
    [InlineData("17", 0, "object")]
    [InlineData("[{\"a\":1},\n {\"b\":}]", 16, "malformed")]
    [InlineData("[{\"features\":{\"é\":NaN}}]", 19, "NaN")]
    [InlineData("[{\"features\":{\"a\":-Infinity}}]", 19, "NaN")]
    [InlineData("[{\"a\":1}", 8, "early")]
    [InlineData("{\"a\":1}\n{\"a\":2}", 8, "ndjson")]
    public void A_malformed_body_is_refused_with_the_byte_offset(string json, long offset, string word)
    {
        var error = Assert.Throws<MalformedBodyException>(() => Decoded.Predictions(json));
        Assert.Equal(offset, error.Offset);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_rows_are_too_large() =>
        Assert.Throws<BodyTooLargeException>(() => Decoded.Predictions("[{},{},{}]", limits: new EventLimits { RowsPerBody = 2 }));

    [Fact]
    public void Unknown_keys_are_named_and_not_fatal()
    {
        var decoded = Decoded.Predictions("""[{"feature":{"a":[1]},"prediction":"x"},{"feature":1,"Score":2}]""");
        Assert.Equal(2, decoded.Rows.Count);
        Assert.Equal(["feature", "Score"], decoded.Ignored);
    }

    [Fact]
    public void A_refusal_says_nothing_of_the_row_before()
    {
        var decoded = Decoded.Predictions("""[{"timestamp":"never"},17]""");
        Assert.Equal([("timestamp_invalid", "timestamp"), ("row_not_object", null)], decoded.Rejections.Select(r => (r.Code, r.Field)));
    }

    [Fact]
    public void Listed_rejections_have_a_limit_and_all_are_counted()
    {
        var decoded = Decoded.Predictions("[" + string.Join(',', Enumerable.Repeat("1", 1000)) + "]");
        Assert.Equal((100, 1000), (decoded.Rejections.Count, decoded.RejectedCount));
    }

    [Fact]
    public void First_kinds_come_from_accepted_rows_only()
    {
        using var decoder = new EventDecoder(EventKind.Prediction, new EventLimits());
        decoder.Begin(new DecodeContext(Decoded.Now, null, false));
        decoder.DecodeBody("""[{"features":{"a":"text","b":null},"score":7},{"features":{"a":1,"b":"x"}}]"""u8);
        Assert.Equal(
            [FeatureValueKind.Number, FeatureValueKind.Text],
            [decoder.Batch.Names.FirstKind(0), decoder.Batch.Names.FirstKind(1)]
        );
    }

    [Fact]
    public void Rows_can_be_taken_out_before_sealing()
    {
        using var decoder = new EventDecoder(EventKind.Prediction, new EventLimits());
        decoder.Begin(new DecodeContext(Decoded.Now, null, false));
        decoder.DecodeBody(
            """[{"prediction_id":"a","features":{"x":1}},{"prediction_id":"b","features":{"x":2}},{"prediction_id":"c","features":{"x":3}},{"prediction_id":"d","features":{"x":4}}]"""u8
        );
        decoder.Batch.Remove([true, false, true, false]);
        Assert.Equal(["b", "d"], decoder.Batch.Rows.ToArray().Select(r => Encoding.UTF8.GetString(decoder.Batch.IdOf(r))));
        Assert.Equal([("b", 2.0), ("d", 4.0)], Decoded.ReadAll(decoder.Batch.Seal()).Select(r => (r.Id, (double)r.Features["x"]!)));
    }
}
