using TicketRouter.Releases;

namespace TicketRouter.Tests;

public class LearningTests(Worlds worlds) : IClassFixture<Worlds>
{
    [Theory]
    [InlineData("v1", 0.88)]
    [InlineData("v2", 0.91)]
    public void A_release_beats_the_majority_by_far_on_held_out_tickets(string version, double least)
    {
        var held = worlds.Releases.Evaluations[version];
        Assert.True(held.Tickets >= 4000);
        Assert.True(held.QueueAccuracy > least, held.ToString());
        Assert.True(held.MajorityAccuracy < 0.3, held.ToString());
    }

    [Fact]
    public void The_second_release_is_better_than_the_first_and_the_third_worse()
    {
        var held = worlds.Releases.Evaluations;
        Assert.True(held["v2"].QueueAccuracy > held["v1"].QueueAccuracy + 0.01);
        Assert.True(held["v3"].QueueAccuracy < held["v2"].QueueAccuracy - 0.05);
        Assert.True(held["v2"].RefundRocAuc > held["v1"].RefundRocAuc);
    }

    [Fact]
    public void Refund_risk_ranks_and_handling_time_beats_the_mean()
    {
        var held = worlds.Releases.Evaluations["v2"];
        Assert.InRange(held.RefundRocAuc, 0.75, 0.95);
        Assert.True(held.HandlingMae < 0.7 * held.MeanMae, held.ToString());
    }

    [Fact]
    public void Probabilities_are_probabilities()
    {
        foreach (var (ticket, _, _) in worlds.Traffic.Past(9, 500))
        {
            var answer = worlds.Releases.Find("v2")!.Answer(ticket);
            Assert.Equal(1, answer.QueueProbabilities.Sum(), 9);
            Assert.All(answer.QueueProbabilities, p => Assert.InRange(p, 0, 1));
            Assert.InRange(answer.RefundProbability, 0, 1);
            Assert.InRange(answer.HandlingMinutes, 0.01, 3000);
        }
    }

    [Fact]
    public void Training_again_gives_the_same_release()
    {
        var again = ReleaseCatalog.Train(worlds.Traffic, 1);
        foreach (var (version, evaluation) in worlds.Releases.Evaluations)
            Assert.Equal(evaluation, again.Evaluations[version]);
        var ticket = worlds.Traffic.Past(9, 1)[0].Ticket;
        Assert.Equal(worlds.Releases.Find("v2")!.Answer(ticket).QueueProbabilities, again.Find("v2")!.Answer(ticket).QueueProbabilities);
    }

    [Fact]
    public void A_ticket_without_anything_but_text_is_answered()
    {
        var answer = worlds
            .Releases.Find("v2")!
            .Answer(
                new Tickets.Ticket
                {
                    TicketId = "x",
                    Subject = "Return label for order 4",
                    Body = "Hello, please send me a return label, the item is unused.",
                    Plan = "unheard-of",
                    Country = "ZZ",
                }
            );
        Assert.Equal("refund", answer.Queue);
    }
}
