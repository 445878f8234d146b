using Plumbline.Registry.Text;

namespace Plumbline.Server.Tests.Ui;

public sealed class FigureTests
{
    [Theory]
    [InlineData(0.8123, "", "0.812")]
    [InlineData(0.0421, "share", "4.21 %")]
    [InlineData(1.0, "share", "100 %")]
    [InlineData(1_234_567.0, "", "1.23 M")]
    [InlineData(12_345.0, "rows", "12.3 k")]
    [InlineData(9_999.0, "rows", "9,999")]
    [InlineData(0.0, "", "0")]
    [InlineData(-0.5, "", "\u22120.5")]
    [InlineData(0.00001234, "", "1.2e\u22125")]
    [InlineData(12_345.0, "ms", "12.3 s")]
    [InlineData(1536.0, "bytes", "1.5 KiB")]
    [InlineData(12.5, "EUR", "12.5 EUR")]
    [InlineData(double.NaN, "", "\u2013")]
    [InlineData(double.PositiveInfinity, "", "\u221e")]
    [InlineData(null, "share", "\u2013")]
    public void Numbers_have_three_digits_and_their_unit(double? value, string unit, string written) =>
        Assert.Equal(written, Figures.Format(value, unit));

    [Theory]
    [InlineData(8.0, "8 s")]
    [InlineData(750.0, "12 min")]
    [InlineData(3 * 3600, "3 h")]
    [InlineData((3 * 86400) + (4 * 3600), "3 d 4 h")]
    [InlineData(-5, "0 s")]
    public void Spans_have_two_units(int seconds, string written) => Assert.Equal(written, Figures.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.0525, "share", "+5.25 points")]
    [InlineData(-0.01, "probability", "\u22121 points")]
    [InlineData(-3.2, "ms", "\u22123.2 ms")]
    [InlineData(0.0, "share", "0 %")]
    [InlineData(2.0, "", "+2")]
    public void A_difference_of_percentages_is_in_points(double change, string unit, string expected) =>
        Assert.Equal(expected, Figures.Difference(change, unit));
}
