using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Alerting.Delivery;

namespace Plumbline.Server.Tests.Alerting.Delivery;

public sealed class SilenceTests
{
    private static readonly DateTimeOffset Now = At("2026-03-02T09:30:00Z");

    [Theory]
    [InlineData("=", "age", "age", true)]
    [InlineData("=", "age", "wage", false)]
    [InlineData("!=", "age", "wage", true)]
    [InlineData("=~", "a.e|b", "age", true)]
    [InlineData("=~", "a", "age", false)]
    [InlineData("!~", "a.*", "age", false)]
    [InlineData("=", "", null, true)]
    [InlineData("=~", ".+", null, false)]
    public void A_matcher_looks_at_the_whole_value_and_a_missing_label_is_empty(
        string comparison,
        string wanted,
        string? value,
        bool expected
    ) =>
        Assert.Equal(
            expected,
            new LabelMatcher("feature", wanted, comparison).Matches(
                value is null ? ImmutableDictionary<string, string>.Empty : ImmutableDictionary<string, string>.Empty.Add("feature", value)
            )
        );

    [Theory]
    // 2026-03-07 is a Saturday. Paris is one hour ahead in winter, two from 2026-03-29 on.
    [InlineData("2026-03-07T21:30:00Z", true)]
    [InlineData("2026-03-07T20:59:00Z", false)]
    [InlineData("2026-03-08T02:59:00Z", true)]
    [InlineData("2026-03-08T03:00:00Z", false)]
    [InlineData("2026-03-08T21:30:00Z", false)]
    [InlineData("2026-03-28T23:30:00Z", true)]
    [InlineData("2026-04-04T20:00:00Z", true)]
    [InlineData("2026-04-04T19:59:00Z", false)]
    public void A_maintenance_window_keeps_to_the_clock_of_its_zone_and_may_pass_midnight(string at, bool expected) =>
        Assert.Equal(
            expected,
            new Recurrence
            {
                Weekdays = ["saturday"],
                From = "22:00",
                To = "04:00",
                TimeZone = "Europe/Paris",
            }.Covers(At(at))
        );

    [Fact]
    public void Equal_times_are_a_whole_day()
    {
        var monday = new Recurrence
        {
            Weekdays = ["Monday"],
            From = "00:00",
            To = "00:00",
        };
        Assert.True(monday.Covers(At("2026-03-02T00:00:00Z")));
        Assert.True(monday.Covers(At("2026-03-02T23:59:59Z")));
        Assert.False(monday.Covers(At("2026-03-03T00:00:00Z")));
    }

    [Fact]
    public void Mistakes_are_told_by_field()
    {
        Assert.Equal(["matchers", "comment", "ends_at"], new SilenceSpecification().Check(Now).Select(error => error.Field));
        var good = new SilenceSpecification
        {
            Matchers = [new("model", "m")],
            Comment = "why",
            For = "2h",
        };
        Assert.Empty(good.Check(Now));
        Assert.Equal("for", Assert.Single((good with { EndsAt = Now.AddDays(1) }).Check(Now)).Field);
        Assert.Equal("ends_at", Assert.Single((good with { For = null, EndsAt = Now.AddDays(-1) }).Check(Now)).Field);
        Assert.Equal("matchers", Assert.Single((good with { Matchers = [new("model", "(", "=~")] }).Check(Now)).Field);
        Assert.Equal("matchers", Assert.Single((good with { Matchers = [new("model", "(a)\\1", "=~")] }).Check(Now)).Field);
        Assert.Equal(
            "recurrence",
            Assert
                .Single(
                    (
                        good with
                        {
                            Recurrence = new Recurrence { From = "25:00", To = "04:00" },
                        }
                    ).Check(Now)
                )
                .Field
        );
        Assert.Equal(
            "recurrence",
            Assert
                .Single(
                    (
                        good with
                        {
                            Recurrence = new Recurrence
                            {
                                From = "22:00",
                                To = "04:00",
                                TimeZone = "Mars/Olympus",
                            },
                        }
                    ).Check(Now)
                )
                .Field
        );
        Assert.Empty(
            (
                good with
                {
                    For = null,
                    Recurrence = new Recurrence { From = "22:00", To = "04:00" },
                }
            ).Check(Now)
        );
    }

    [Fact]
    public async Task A_silence_that_is_ended_stays_on_the_record()
    {
        await using var bench = await DeliveryBench.OpenAsync();
        var silences = bench.Get<Silences>();
        var added = await silences.AddAsync(
            new SilenceSpecification
            {
                Matchers = [new("model", "churn")],
                Comment = "why",
                For = "2h",
            },
            "ann",
            CancellationToken.None
        );
        var labels = ImmutableDictionary<string, string>.Empty.Add("model", "churn");
        Assert.Equal(added!.Id, (await silences.FindAsync(labels, CancellationToken.None))?.Id);
        Assert.Null(await silences.FindAsync(labels.SetItem("model", "fraud"), CancellationToken.None));
        Assert.True(await silences.ExpireAsync(added.Id, CancellationToken.None));
        Assert.False(await silences.ExpireAsync(added.Id, CancellationToken.None));
        Assert.Null(await silences.FindAsync(labels, CancellationToken.None));
        Assert.Empty(await silences.AllAsync(expired: false, CancellationToken.None));
        Assert.Equal("ann", Assert.Single(await silences.AllAsync(expired: true, CancellationToken.None)).CreatedBy);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
