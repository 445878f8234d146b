using FsCheck;
using FsCheck.Fluent;

namespace Plumbline.Store.Tests;

/// <summary>Rows of random values written by our codec, stored by the real engine, and read back by our codec.</summary>
public sealed class RowBinaryTests(StoreFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private sealed record Row(
        int Key,
        string Text,
        byte[] Bytes,
        double Number,
        double? MaybeNumber,
        string? MaybeText,
        bool? MaybeFlag,
        ulong Big,
        uint Small,
        long Signed,
        byte Tiny,
        long TimeMs,
        uint Seconds,
        ulong[] Counts,
        double[] Numbers,
        string[] Texts,
        KeyValuePair<string, double>[] Probabilities,
        KeyValuePair<string, string>[] Raw
    );

    private static readonly Gen<double> AnyDouble = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>(),
        Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue)
    );

    private static readonly Gen<string> AnyText = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => string.Concat((text ?? "").Where(c => !char.IsSurrogate(c)))),
        Gen.Elements("", "'", "\\", "a\0b", "\n", "'; DROP TABLE x; --", "<b>", "日本🎈", new string('y', 300))
    );

    private static readonly Gen<Row> AnyRow =
        from text in AnyText
        from bytes in ArbMap.Default.GeneratorFor<byte[]>()
        from numbers in AnyDouble.ArrayOf()
        from maybe in Gen.OneOf(AnyDouble.Select(value => (double?)value), Gen.Constant((double?)null))
        from maybeText in Gen.OneOf(AnyText.Select(value => (string?)value), Gen.Constant((string?)null))
        from flag in Gen.Elements<bool?>(true, false, null)
        from big in ArbMap.Default.GeneratorFor<ulong>()
        from signed in ArbMap.Default.GeneratorFor<long>()
        from milliseconds in Gen.Choose(int.MinValue, int.MaxValue)
        from counts in ArbMap.Default.GeneratorFor<ulong[]>()
        from texts in AnyText.ArrayOf()
        from keys in AnyText.ArrayOf()
        select new Row(
            0,
            text,
            bytes ?? [],
            numbers.Length > 0 ? numbers[0] : 1.5,
            maybe,
            maybeText,
            flag,
            big,
            (uint)(big % uint.MaxValue),
            signed,
            (byte)(big & 0xFF),
            milliseconds * 100L,
            (uint)(big >> 33),
            counts ?? [],
            numbers,
            texts,
            [.. keys.Distinct().Select((key, i) => KeyValuePair.Create(key, i + 0.25))],
            [.. keys.Distinct().Select(key => KeyValuePair.Create(key, key + "\0"))]
        );

    [Fact]
    public async Task Random_rows_come_back_bit_for_bit()
    {
        await fixture.Store.ExecuteAsync(
            new SqlStatement(
                """
                CREATE TABLE round_trip
                (
                    key UInt32, text String, bytes String, number Float64, maybe_number Nullable(Float64),
                    maybe_text LowCardinality(Nullable(String)), maybe_flag Nullable(Bool), big UInt64, small UInt32, signed Int64,
                    tiny UInt8, time DateTime64(3, 'UTC'), seconds DateTime('UTC'),
                    counts Array(UInt64), numbers Array(Float64), texts Array(String), probabilities Map(LowCardinality(String), Float64),
                    raw Map(LowCardinality(String), String)
                ) ENGINE = MergeTree ORDER BY key
                """
            ),
            Ct
        );
        var rows = AnyRow.Sample(500, 40).Select((row, i) => row with { Key = i }).ToArray();
        using var buffer = new RowBinaryBuffer(1);
        foreach (var row in rows)
            Write(buffer, row);
        await fixture.Store.InsertAsync(
            "round_trip",
            [
                "key",
                "text",
                "bytes",
                "number",
                "maybe_number",
                "maybe_text",
                "maybe_flag",
                "big",
                "small",
                "signed",
                "tiny",
                "time",
                "seconds",
                "counts",
                "numbers",
                "texts",
                "probabilities",
                "raw",
            ],
            buffer.Written,
            null,
            Ct
        );

        using var answer = await fixture.Store.QueryAsync(new SqlStatement("SELECT * FROM round_trip ORDER BY key"), Ct);
        foreach (var expected in rows)
        {
            Assert.True(answer.Read());
            AssertSame(expected, answer);
        }
        Assert.False(answer.Read());
    }

    [Fact]
    public async Task Reading_a_column_as_another_type_or_too_few_or_too_many_is_refused()
    {
        using var wrong = await fixture.Store.QueryAsync(new SqlStatement("SELECT CAST(1.5 AS Nullable(Float64)) AS ratio"), Ct);
        Assert.Throws<InvalidOperationException>(() => wrong.ReadNullableDouble());
        wrong.Read();
        var error = Assert.Throws<InvalidOperationException>(() => wrong.ReadDouble());
        Assert.Contains("'ratio' is of the type Nullable(Float64), read as Float64", error.Message, StringComparison.Ordinal);

        using var few = await fixture.Store.QueryAsync(
            new SqlStatement("SELECT toUInt8(1), NULL, toDateTime64(0, 3, 'UTC'), CAST(1 AS Enum8('a' = 1)) FROM numbers(2)"),
            Ct
        );
        Assert.True(few.Read());
        Assert.Equal(1, few.ReadByte());
        Assert.Null(few.ReadNullableDouble());
        Assert.Throws<InvalidOperationException>(() => few.Read());
        Assert.Equal(DateTimeOffset.UnixEpoch, few.ReadDateTime64());
        Assert.Equal(1, few.ReadByte());
        Assert.Throws<InvalidOperationException>(() => few.ReadByte());
        Assert.True(few.Read());
    }

    [Fact]
    public void A_half_written_row_can_be_taken_back()
    {
        using var buffer = new RowBinaryBuffer();
        buffer.WriteString("kept");
        var length = buffer.Length;
        buffer.WriteUInt64(1);
        buffer.Truncate(length);
        Assert.Equal("\u0004kept"u8.ToArray(), buffer.Written.ToArray());
    }

    private static void Write(RowBinaryBuffer buffer, Row row)
    {
        buffer.WriteUInt32((uint)row.Key);
        buffer.WriteString(row.Text);
        buffer.WriteString(row.Bytes);
        buffer.WriteDouble(row.Number);
        buffer.WriteNullableDouble(row.MaybeNumber);
        buffer.WriteNullableString(row.MaybeText);
        buffer.WriteNullableBool(row.MaybeFlag);
        buffer.WriteUInt64(row.Big);
        buffer.WriteUInt32(row.Small);
        buffer.WriteInt64(row.Signed);
        buffer.WriteByte(row.Tiny);
        buffer.WriteDateTime64Ms(row.TimeMs);
        buffer.WriteUInt32(row.Seconds);
        buffer.WriteUInt64Array(row.Counts);
        buffer.WriteDoubleArray(row.Numbers);
        buffer.WriteStringArray(row.Texts);
        buffer.WriteMap(row.Probabilities);
        buffer.WriteMap(row.Raw);
    }

    private static void AssertSame(Row expected, QueryRows actual)
    {
        Assert.Equal((uint)expected.Key, actual.ReadUInt32());
        Assert.Equal(expected.Text, actual.ReadString());
        Assert.Equal(expected.Bytes, actual.ReadStringBytes().ToArray());
        Assert.Equal(Bits(expected.Number), Bits(actual.ReadDouble()));
        Assert.Equal(expected.MaybeNumber is { } number ? Bits(number) : null, actual.ReadNullableDouble() is { } read ? Bits(read) : null);
        Assert.Equal(expected.MaybeText, actual.ReadNullableString());
        Assert.Equal(expected.MaybeFlag, actual.ReadNullableBoolean());
        Assert.Equal(expected.Big, actual.ReadUInt64());
        Assert.Equal(expected.Small, actual.ReadUInt32());
        Assert.Equal(expected.Signed, actual.ReadInt64());
        Assert.Equal(expected.Tiny, actual.ReadByte());
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(expected.TimeMs), actual.ReadDateTime64());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(expected.Seconds), actual.ReadDateTime());
        Assert.Equal(expected.Counts, actual.ReadUInt64Array());
        Assert.Equal(expected.Numbers.Select(Bits), actual.ReadDoubleArray().Select(Bits));
        Assert.Equal(expected.Texts, actual.ReadStringArray());
        Assert.Equal(expected.Probabilities, actual.ReadDoubleMap());
        Assert.Equal(expected.Raw, actual.ReadStringMap());
    }

    private static long? Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
