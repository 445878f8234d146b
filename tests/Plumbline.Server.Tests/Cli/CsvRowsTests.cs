using FsCheck;
using FsCheck.Fluent;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

public sealed class CsvRowsTests
{
    [Fact]
    public void Quotes_line_breaks_and_doubled_quotes_are_read_and_lines_are_counted_as_an_editor_shows_them()
    {
        using var rows = Read("a,b\r\n1,\"x,y\"\r\n\r\n2,\"first\nsecond \"\"quoted\"\"\"\n3,\n");
        Assert.Equal(["a", "b"], rows.Columns);
        Assert.True(rows.Read());
        Assert.Equal((2, "x,y"), (rows.Line, rows[1].Text));
        Assert.True(rows.Read());
        Assert.Equal((4, "first\nsecond \"quoted\""), (rows.Line, rows[1].Text));
        Assert.True(rows.Read());
        Assert.Equal((6, CellKind.Missing), (rows.Line, rows[1].Kind));
        Assert.False(rows.Read());
    }

    [Fact]
    public void A_row_with_a_wrong_number_of_fields_is_a_fault_of_that_row_only()
    {
        using var rows = Read("a,b\n1\n2,3\n4,5,6\n");
        Assert.True(rows.Read());
        Assert.Equal("has 1 fields where the header names 2", rows.Fault);
        Assert.True(rows.Read());
        Assert.Null(rows.Fault);
        Assert.True(rows.Read());
        Assert.Equal("has 3 fields where the header names 2", rows.Fault);
    }

    [Fact]
    public void Text_after_a_closing_quote_and_an_open_quote_are_faults()
    {
        using var after = Read("a,b\n\"x\"y,1\n2,3\n");
        Assert.True(after.Read());
        Assert.Contains("after a closing quote", after.Fault, StringComparison.Ordinal);
        Assert.True(after.Read());
        Assert.Equal("2", after[0].Text);
        using var open = Read("a\n\"never closed\n");
        Assert.True(open.Read());
        Assert.Contains("never closed", open.Fault, StringComparison.Ordinal);
        Assert.False(open.Read());
    }

    [Fact]
    public void A_header_that_cannot_be_used_is_refused_with_its_reason()
    {
        Assert.Contains(
            "two columns named 'a'",
            Assert.Throws<CommandLineException>(() => Read("a,b,a\n")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("is empty", Assert.Throws<CommandLineException>(() => Read("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_as_RFC_4180_says_is_read_back_unchanged()
    {
        var fields = Gen.Elements('a', 'é', '"', ',', '\n', '\r', ' ', '0', '\t')
            .ArrayOf()
            .Select(letters => new string(letters))
            .ArrayOf(3)
            .NonEmptyListOf();
        Prop.ForAll(
                fields.ToArbitrary(),
                table =>
                {
                    var text =
                        "x,y,z\n"
                        + string.Concat(
                            table.Select(row =>
                                string.Join(',', row.Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))
                                + "\r\n"
                            )
                        );
                    using var rows = Read(text);
                    foreach (var row in table)
                    {
                        Assert.True(rows.Read());
                        Assert.Null(rows.Fault);
                        Assert.Equal(row, new[] { rows[0].Text, rows[1].Text, rows[2].Text });
                    }

                    Assert.False(rows.Read());
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static CsvRows Read(string text) => new(new StringReader(text), ',', "test.csv");
}
