using FsCheck;
using FsCheck.Fluent;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Explore;

public sealed class FilterTextTests
{
    private static readonly ModelDefinition Model = new()
    {
        Id = 1,
        Name = "m",
        Task = ModelTask.Binary,
        Features =
        [
            new FeatureDefinition(0, "amount", FeatureType.Numeric, null, true),
            new FeatureDefinition(1, "country", FeatureType.Categorical, null, true),
            new FeatureDefinition(2, "is_new", FeatureType.Boolean, null, true),
            new FeatureDefinition(3, "a:eq:b", FeatureType.Text, null, true),
            new FeatureDefinition(4, "score", FeatureType.Categorical, null, true),
        ],
    };

    [Theory]
    [InlineData("amount:gt:100", "f0", FilterOperator.Greater, "100")]
    [InlineData("features.amount:le:-1e3", "f0", FilterOperator.LessOrEqual, "-1e3")]
    [InlineData("country:in:FR,a\\,b", "f1", FilterOperator.In, "FR", "a,b")]
    [InlineData("country:missing", "f1", FilterOperator.Missing)]
    [InlineData("amount:type_error", "f0", FilterOperator.TypeError)]
    [InlineData("a:eq:b:contains:x:y", "f3", FilterOperator.Contains, "x:y")]
    [InlineData("score:lt:0.5", "score", FilterOperator.Less, "0.5")]
    [InlineData("features.score:eq:high", "f4", FilterOperator.Equal, "high")]
    [InlineData("correct:eq:false", "value", FilterOperator.Equal, "false")]
    public void A_condition_is_read(string text, string column, FilterOperator expected, params string[] values)
    {
        var condition = FilterText.Read(text, Model, out var reason);
        Assert.True(condition is not null, reason);
        Assert.Equal((column, expected), (condition.Field.Column, condition.Operator));
        Assert.Equal(values, condition.Values);
    }

    [Theory]
    [InlineData("amount:gt:lots", "is not a number")]
    [InlineData("amount:contains:1", "it takes eq, ne, lt")]
    [InlineData("amount:gt", "needs a value")]
    [InlineData("amount:missing:1", "takes no value")]
    [InlineData("is_new:eq:yes", "not true or false")]
    [InlineData("nothing:eq:1", "neither a feature of this model nor a field")]
    [InlineData("amount", "not field:operator:value")]
    [InlineData("", "not field:operator:value")]
    [InlineData("status:type_error", "it takes")]
    public void A_wrong_condition_is_told_with_its_reason(string text, string expected)
    {
        Assert.Null(FilterText.Read(text, Model, out var reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        var values = Gen.Elements("FR", "a,b", "back\\slash", ":", "eq:", "é", "'; DROP").NonEmptyListOf();
        Prop.ForAll(
                values.ToArbitrary(),
                list =>
                {
                    var written = FilterText.Write(new FilterCondition(SearchFields.Find(Model, "country")!, FilterOperator.In, [.. list]));
                    Assert.Equal(list, FilterText.Read(written, Model, out _)!.Values);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_cursor_reads_back_and_anything_else_is_no_cursor()
    {
        var cursor = new PageCursor(SortField.Score, true, 0.25, 1_770_000_000_123, ulong.MaxValue, "id/é");
        Assert.Equal(cursor, PageCursor.Read(cursor.Write()));
        Assert.True(double.IsNaN(PageCursor.Read((cursor with { Value = double.NaN }).Write())!.Value));
        Assert.All(["", "x", "????", "AAAA", new string('A', 5_000), cursor.Write()[..20]], text => Assert.Null(PageCursor.Read(text)));
    }
}
