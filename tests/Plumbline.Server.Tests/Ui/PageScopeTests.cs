using FsCheck;
using FsCheck.Fluent;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Server.Tests.Ui;

public sealed class PageScopeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_link_to_another_page_takes_range_version_and_segment_along_but_not_the_sort()
    {
        var scope = PageScope.Parse("http://h/models/a%20b/inputs?range=14d&version=v%262&segment=country%3DFR&sort=name&feature=x");
        Assert.Equal("a b", scope.Model);
        Assert.Equal("v&2", scope.Version);
        Assert.Equal("/models/m?range=14d&version=v%262&segment=country%3DFR", scope.To("/models/m"));
        Assert.Equal("x", scope["feature"]);
        Assert.DoesNotContain("feature", scope.With(("feature", null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_put_into_an_address_comes_out_again()
    {
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonEmptyString>(),
                text =>
                {
                    var address = PageScope.Parse("http://h/explore/m?range=7d").With(("filter", text.Get));
                    return PageScope.Parse("http://h" + address)["filter"] == text.Get;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_a_choice_the_range_goes_to_where_the_events_are()
    {
        var (from, to) = TimeRange.Parse(null, null, null).Resolve(Now, Now.AddYears(-8), Now.AddYears(-7));
        Assert.Equal(Now.AddYears(-7).AddMinutes(30), to);
        Assert.Equal(TimeSpan.FromDays(7), to - from);
        Assert.Equal((Now.AddDays(-7), Now), TimeRange.Parse("7d", null, null).Resolve(Now, Now.AddYears(-8), Now.AddYears(-7)));
    }

    [Theory]
    // All of eighty days; the newest ninety of a year; never less than seven.
    [InlineData(80, 90, 80)]
    [InlineData(365, 90, 90)]
    [InlineData(2, 90, 7)]
    [InlineData(365, 0, 7)]
    public void Without_a_choice_the_range_is_as_long_as_the_windows_ask_for(int history, int usual, int days)
    {
        var hour = Now.AddMinutes(-30);
        var unchosen = TimeRange.Parse(null, null, null);
        var (from, to) = unchosen.Resolve(Now, hour.AddDays(-history - 30), hour.AddDays(-30), TimeSpan.FromDays(usual));
        Assert.Equal((days, hour.AddDays(-30)), ((int)(to - from).TotalDays, to.AddHours(-1)));
        (from, to) = unchosen.Resolve(Now, hour.AddDays(-history), Now.AddHours(-1), TimeSpan.FromDays(usual));
        Assert.Equal((days, Now), ((int)(to - from).TotalDays, to));
        Assert.Equal(
            (Now.AddDays(-7), Now),
            TimeRange.Parse("7d", null, null).Resolve(Now, Now.AddYears(-1), Now, TimeSpan.FromDays(usual))
        );
    }

    [Theory]
    [InlineData("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("yesterday", "2026-03-01T00:00:00Z")]
    [InlineData(null, "2026-03-01T00:00:00Z")]
    public void A_range_that_makes_no_sense_is_no_range(string? from, string? to) =>
        Assert.True(TimeRange.Parse("nonsense", from, to).Unchosen);

    [Theory]
    [InlineData("now-3h", "3h", 180)]
    [InlineData(" Last 45m", "45m", 45)]
    [InlineData("2d", "2d", 2 * 24 * 60)]
    [InlineData("7d", "7d", 7 * 24 * 60)]
    public void A_range_can_be_typed(string typed, string key, int minutes)
    {
        Assert.Equal(key, TimeRange.Typed(typed));
        var (from, to) = TimeRange.Parse(key, null, null).Resolve(Now);
        Assert.Equal((Now.AddMinutes(-minutes), Now), (from, to));
        Assert.StartsWith("Last ", TimeRange.Parse(key, null, null).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("yesterday")]
    [InlineData("now-0h")]
    [InlineData("now-99999d")]
    public void What_is_no_range_is_not_taken(string? typed) => Assert.Null(TimeRange.Typed(typed));

    [Fact]
    public void Fixed_times_win_over_a_preset()
    {
        var range = TimeRange.Parse("7d", "2026-03-01T00:00:00+01:00", "2026-03-02T00:00:00Z");
        Assert.True(range.Fixed);
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 23, 0, 0, TimeSpan.Zero), range.From);
    }
}
