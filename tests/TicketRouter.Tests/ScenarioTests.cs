using TicketRouter.Releases;
using TicketRouter.Reporting;
using TicketRouter.Scenario;
using TicketRouter.Tickets;

namespace TicketRouter.Tests;

public class ScenarioTests(Worlds worlds) : IClassFixture<Worlds>
{
    [Fact]
    public void The_same_seed_writes_the_same_tickets_and_another_seed_others()
    {
        var hour = Worlds.Anchor.AddHours(-30);
        Assert.Equal(Worlds.Of(ChapterKind.All).Hour(hour), Worlds.Of(ChapterKind.All).Hour(hour));
        Assert.NotEqual(
            Worlds.Of(ChapterKind.All).Hour(hour)[0].Ticket.Body,
            Worlds.Of(ChapterKind.All, seed: 2).Hour(hour)[0].Ticket.Body
        );
        Assert.Equal(worlds.Traffic.Second(hour), Worlds.Of(ChapterKind.All).Second(hour));
    }

    [Fact]
    public void A_week_later_the_same_story_is_told()
    {
        var later = new TicketTraffic(new DemoScenario(Worlds.Anchor.AddDays(7), 14), 1, 240, 1);
        var (a, b) = (worlds.Traffic.Hour(worlds.Scenario.Start.AddHours(80)), later.Hour(later.Scenario.Start.AddHours(80)));
        Assert.Equal(a.Select(t => t.Ticket.Body), b.Select(t => t.Ticket.Body));
        Assert.Equal(worlds.Scenario.Chapters.Select(c => c.From.AddDays(7)), later.Scenario.Chapters.Select(c => c.From));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(14)]
    [InlineData(60)]
    public void Every_chapter_lies_inside_a_history_of_any_length(int days)
    {
        var scenario = new DemoScenario(Worlds.Anchor, days);
        Assert.Equal(7, scenario.Chapters.Count);
        Assert.All(
            scenario.Chapters,
            chapter =>
            {
                Assert.InRange(chapter.From, scenario.Start, scenario.Anchor.AddHours(-1));
                if (chapter.To is { } to)
                    Assert.InRange(to, chapter.From.AddMinutes(days == 1 ? 0 : 30), scenario.Anchor);
            }
        );
    }

    [Fact]
    public void Accounts_become_younger_and_orders_larger_day_by_day()
    {
        double[] ages = [.. new[] { 1.0, 5, 9, 13 }.Select(day => Median(worlds.Scenario.Start.AddDays(day), t => t.AccountAgeDays))];
        double[] amounts = [.. new[] { 1.0, 5, 9, 13 }.Select(day => Median(worlds.Scenario.Start.AddDays(day), t => t.OrderAmount))];
        Assert.Equal(ages.OrderDescending(), ages);
        Assert.Equal(amounts.Order(), amounts);
        Assert.InRange(ages[3] / ages[0], 0.4, 0.6);
        Assert.InRange(amounts[3] / amounts[0], 1.4, 1.75);

        double Median(DateTimeOffset from, Func<Ticket, double?> value)
        {
            var sorted = Worlds.Tickets(worlds.Traffic, from, 24).Select(t => value(t.Ticket)).OfType<double>().Order().ToArray();
            return sorted[sorted.Length / 2];
        }
    }

    [Fact]
    public void During_the_outage_two_fifths_of_the_answers_are_one_queue()
    {
        var chapter = worlds.Chapter(ChapterKind.Concentration);
        Assert.InRange(Technical(chapter.From), 0.36, 0.44);
        Assert.InRange(Technical(chapter.From.AddDays(-1)), 0.15, 0.25);
        Assert.InRange(Technical(chapter.To!.Value), 0.15, 0.25);

        double Technical(DateTimeOffset from)
        {
            var tickets = Worlds.Tickets(worlds.Traffic, from, 24);
            return tickets.Count(t => worlds.Releases.Find("v2")!.Answer(t.Ticket).Queue == "technical") / (double)tickets.Count;
        }
    }

    [Fact]
    public void The_concept_change_moves_ground_truth_and_nothing_else()
    {
        var (with, without) = (Worlds.Of(ChapterKind.ConceptChange | ChapterKind.GoodRelease), Worlds.Of(ChapterKind.GoodRelease));
        var from = worlds.Chapter(ChapterKind.ConceptChange).From;
        var (changed, before) = (Worlds.Tickets(with, from, 24), Worlds.Tickets(without, from, 24));
        Assert.Equal(before.Select(t => t.Ticket), changed.Select(t => t.Ticket));
        Assert.Equal(before.Select(t => t.Outcome with { Queue = "" }), changed.Select(t => t.Outcome with { Queue = "" }));
        var drop = worlds.Accuracy("v2", before) - worlds.Accuracy("v2", changed);
        Assert.InRange(drop, 0.06, 0.16);
    }

    [Fact]
    public void One_country_fails_while_the_global_number_hardly_moves()
    {
        var chapter = worlds.Chapter(ChapterKind.BadSegment);
        var (before, during) = (
            Worlds.Tickets(worlds.Traffic, chapter.From.AddDays(-2), 48),
            Worlds.Tickets(worlds.Traffic, chapter.From, 30)
        );
        Assert.True(worlds.Accuracy("v2", [.. before.Where(Brazil)]) > 0.85);
        Assert.True(worlds.Accuracy("v2", [.. during.Where(Brazil)]) < 0.55);
        Assert.InRange(worlds.Accuracy("v2", before) - worlds.Accuracy("v2", during), 0.01, 0.06);
        var others = worlds.Accuracy("v2", [.. before.Where(t => !Brazil(t))]) - worlds.Accuracy("v2", [.. during.Where(t => !Brazil(t))]);
        Assert.InRange(Math.Abs(others), 0, 0.02);

        static bool Brazil(SimulatedTicket t) => t.Ticket.Country == "BR";
    }

    [Fact]
    public void The_leak_takes_one_feature_of_one_channel()
    {
        var chapter = worlds.Chapter(ChapterKind.MissingLeak);
        var (before, during) = (
            Worlds.Tickets(worlds.Traffic, chapter.From.AddHours(-24), 24),
            Worlds.Tickets(worlds.Traffic, chapter.From, 24)
        );
        Assert.InRange(Missing(before, _ => true), 0.02, 0.06);
        Assert.InRange(Missing(during, _ => true), 0.28, 0.40);
        Assert.InRange(Missing(during, t => t.Channel != "app"), 0.02, 0.06);
        Assert.InRange(during.Count(t => t.Ticket.AccountAgeDays is null) / (double)during.Count, 0, 0.03);

        static double Missing(List<SimulatedTicket> tickets, Func<Ticket, bool> which)
        {
            var some = tickets.Where(t => which(t.Ticket)).ToList();
            return some.Count(t => t.Ticket.OrderAmount is null) / (double)some.Count;
        }
    }

    [Fact]
    public void The_bad_release_fails_is_slow_and_goes_away()
    {
        var chapter = worlds.Chapter(ChapterKind.BadRelease);
        Assert.Equal(
            ["v2", "v3", "v3", "v2"],
            new[] { chapter.From.AddHours(-1), chapter.From, chapter.To!.Value.AddMinutes(-1), chapter.To.Value }.Select(t =>
                worlds.Scenario.At(t).Version
            )
        );
        var (sound, bad) = (Draws(Behaviour.Sound), Draws(Behaviour.Bad));
        Assert.True(sound.Failed < 0.01 && bad.Failed is > 0.08 and < 0.3, $"{sound} {bad}");
        Assert.True(bad.P95 > 10 * sound.P95, $"{sound} {bad}");

        static (double Failed, double P95) Draws(Behaviour behaviour)
        {
            var random = new SeededRandom(5);
            var lookups = Enumerable.Range(0, 20_000).Select(_ => behaviour.Draw(random)).ToArray();
            return (lookups.Count(l => l.Status != "ok") / 20_000.0, lookups.Select(l => l.Ms).Order().ElementAt(19_000));
        }
    }

    [Fact]
    public void Ground_truth_is_late_and_never_whole()
    {
        var tickets = Worlds.Tickets(worlds.Traffic, worlds.Scenario.Start, 48);
        var truths = tickets.SelectMany(t => GroundTruthReport.Of(t).Select(truth => (truth.Model, Delay: truth.At - t.At))).ToList();
        Assert.InRange(Coverage(PredictionEvents.QueueModel, tickets.Count), 0.83, 0.89);
        Assert.InRange(Coverage(PredictionEvents.HandlingModel, tickets.Count), 0.78, 0.84);
        Assert.InRange(Coverage(PredictionEvents.RefundModel, tickets.Count(t => t.Ticket.HasOrder)), 0.70, 0.78);
        var refunds = truths.Where(t => t.Model == PredictionEvents.RefundModel).Select(t => t.Delay.TotalHours).Order().ToList();
        Assert.InRange(refunds[refunds.Count / 2], 23, 29);
        Assert.All(truths, truth => Assert.InRange(truth.Delay.TotalHours, 0.0001, 120.1));

        double Coverage(string model, int of) => truths.Count(t => t.Model == model) / (double)of;
    }
}
