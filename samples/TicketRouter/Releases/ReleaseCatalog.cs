using TicketRouter.Learning;
using TicketRouter.Tickets;

namespace TicketRouter.Releases;

/// <summary>All releases, trained at start on tickets of the weeks before the history.</summary>
public sealed class ReleaseCatalog
{
    public const int HeldOutTickets = 4000;

    private ReleaseCatalog(IReadOnlyList<Release> all, IReadOnlyDictionary<string, Evaluation> evaluations) =>
        (All, Evaluations) = (all, evaluations);

    public IReadOnlyList<Release> All { get; }

    /// <summary>By version, on the same held-out tickets.</summary>
    public IReadOnlyDictionary<string, Evaluation> Evaluations { get; }

    public Release? Find(string version) =>
        All.FirstOrDefault(release => string.Equals(release.Version, version, StringComparison.Ordinal));

    public static ReleaseCatalog Train(TicketTraffic traffic, long seed)
    {
        var v1 = Train(
            "v1",
            "1,200 tickets, 4,096 word places",
            traffic.Past(0, 1200),
            1 << 12,
            new TrainingPlan(5, 0.5f, 1e-4f),
            new SeededRandom(seed, 101)
        );
        var v2 = Train(
            "v2",
            "10,000 tickets, 16,384 word places",
            traffic.Past(1, 10_000),
            1 << 14,
            new TrainingPlan(4, 0.5f, 2e-5f),
            new SeededRandom(seed, 102)
        );
        var v3 = v2.WithUnfoldedCase("v3", "v2 behind a new tokenizer and a new customer look-up (bad)", Behaviour.Bad);
        Release[] all = [v1, v2, v3];
        var heldOut = traffic.Past(2, HeldOutTickets);
        return new ReleaseCatalog(
            all,
            all.ToDictionary(release => release.Version, release => Evaluation.Of(release, heldOut), StringComparer.Ordinal)
        );
    }

    private static Release Train(
        string version,
        string description,
        IReadOnlyList<SimulatedTicket> past,
        int buckets,
        TrainingPlan plan,
        SeededRandom random
    )
    {
        var encoder = TicketEncoder.Fit([.. past.Select(t => t.Ticket)], buckets);
        var vectors = past.Select(t => encoder.Encode(t.Ticket)).ToArray();
        var queue = SoftmaxRegression.Train(
            vectors,
            [.. past.Select(t => Array.IndexOf(Topics.Queues, t.Outcome.Queue))],
            Topics.Queues.Length,
            encoder.Dimensions,
            plan,
            random
        );
        var ordered = Enumerable.Range(0, past.Count).Where(i => past[i].Ticket.HasOrder).ToArray();
        var calm = plan with { LearningRate = plan.LearningRate * 0.3f, L2 = 1e-3f };
        var refund = SoftmaxRegression.Train(
            [.. ordered.Select(i => vectors[i])],
            [.. ordered.Select(i => past[i].Outcome.RefundGranted ? 1 : 0)],
            2,
            encoder.Dimensions,
            calm,
            random
        );
        var handling = LogLinearRegression.Train(
            vectors,
            [.. past.Select(t => t.Outcome.HandlingMinutes)],
            encoder.Dimensions,
            plan with
            {
                LearningRate = 0.1f,
            },
            random
        );
        return new Release(version, description, encoder, queue, refund, handling, Behaviour.Sound);
    }
}
