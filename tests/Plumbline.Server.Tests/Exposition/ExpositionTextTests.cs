using System.Buffers;
using System.Text;
using Plumbline.Exposition.Scraping;

namespace Plumbline.Server.Tests.Exposition;

/// <summary>How samples are written.</summary>
public sealed class ExpositionTextTests
{
    [Theory]
    [InlineData("plain", "m{a=\"plain\"} 1.5\n")]
    [InlineData("a \"b\"\\c\nd", "m{a=\"a \\\"b\\\"\\\\c\\nd\"} 1.5\n")]
    [InlineData("Größe=日本", "m{a=\"Größe=日本\"} 1.5\n")]
    [InlineData("", "m 1.5\n")]
    public void Labels_are_escaped(string value, string expected) => Assert.Equal(expected, Sample(value, 1.5));

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-9, "1E-09")]
    [InlineData(-3, "-3")]
    [InlineData(1.7976931348623157E308, "1.7976931348623157E+308")]
    [InlineData(123456789.25, "123456789.25")]
    public void Numbers_come_back_as_they_were(double value, string expected) => Assert.Equal($"m {expected}\n", Sample("", value));

    [Fact]
    public void A_histogram_adds_up_and_ends_with_all()
    {
        var output = new ArrayBufferWriter<byte>();
        new ExpositionText(output, ExpositionFormat.Prometheus).Histogram(
            new Family("h_seconds", FamilyKind.Histogram, "seconds", ""),
            [("a", "b")],
            [0.005, 1, 300],
            [2, 0, 3, 1],
            12.5
        );
        Assert.Equal(
            """
            h_seconds_bucket{a="b",le="0.005"} 2
            h_seconds_bucket{a="b",le="1.0"} 2
            h_seconds_bucket{a="b",le="300.0"} 5
            h_seconds_bucket{a="b",le="+Inf"} 6
            h_seconds_sum{a="b"} 12.5
            h_seconds_count{a="b"} 6

            """,
            Encoding.UTF8.GetString(output.WrittenSpan)
        );
    }

    private static string Sample(string label, double value)
    {
        var output = new ArrayBufferWriter<byte>();
        ExpositionText.Sample(output, "m", [("a", label)], value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
