using TicketRouter.Learning;
using TicketRouter.Tickets;

namespace TicketRouter.Releases;

/// <summary>The three models' answers about one ticket.</summary>
/// <param name="Queue">The most probable queue.</param>
/// <param name="QueueProbabilities">In the order of <see cref="Topics.Queues"/>; sum 1.</param>
/// <param name="RefundProbability">P(money is returned).</param>
/// <param name="HandlingMinutes">Expected minutes of work.</param>
public readonly record struct Answer(string Queue, double[] QueueProbabilities, double RefundProbability, double HandlingMinutes);

/// <summary>One trained version of the three models, with the way it behaves in production.</summary>
public sealed class Release
{
    private readonly TicketEncoder _encoder;
    private readonly SoftmaxRegression _queue;
    private readonly SoftmaxRegression _refund;
    private readonly LogLinearRegression _handling;

    internal Release(
        string version,
        string description,
        TicketEncoder encoder,
        SoftmaxRegression queue,
        SoftmaxRegression refund,
        LogLinearRegression handling,
        Behaviour behaviour
    )
    {
        (Version, Description, _encoder, _queue, _refund, _handling, Behaviour) = (
            version,
            description,
            encoder,
            queue,
            refund,
            handling,
            behaviour
        );
    }

    public string Version { get; }
    public string Description { get; }
    public Behaviour Behaviour { get; }

    public Answer Answer(Ticket ticket)
    {
        var vector = _encoder.Encode(ticket);
        var queues = new double[Topics.Queues.Length];
        _queue.Probabilities(vector, queues);
        var best = 0;
        for (var k = 1; k < queues.Length; k++)
            best = queues[k] > queues[best] ? k : best;
        Span<double> refund = stackalloc double[2];
        _refund.Probabilities(vector, refund);
        return new Answer(Topics.Queues[best], queues, refund[1], Math.Round(_handling.Predict(vector), 2));
    }

    /// <summary>This release with other weights for the queue; the two other models stay.</summary>
    /// <param name="version">Name of the new one.</param>
    /// <param name="description">What it was trained with.</param>
    /// <param name="tickets">What to train the queue with.</param>
    /// <param name="plan">How.</param>
    /// <param name="random">Orders the tickets.</param>
    internal Release WithQueueOf(
        string version,
        string description,
        IReadOnlyList<LabelledTicket> tickets,
        TrainingPlan plan,
        SeededRandom random
    )
    {
        var queue = SoftmaxRegression.Train(
            [.. tickets.Select(example => _encoder.Encode(example.Ticket))],
            [.. tickets.Select(example => Array.IndexOf(Topics.Queues, example.Queue))],
            Topics.Queues.Length,
            _encoder.Dimensions,
            plan,
            random
        );
        return new Release(version, description, _encoder, queue, _refund, _handling, Behaviour.Sound);
    }

    /// <summary>This release's weights behind a tokenizer that no longer folds case.</summary>
    internal Release WithUnfoldedCase(string version, string description, Behaviour behaviour) =>
        new(version, description, _encoder.WithUnfoldedCase(), _queue, _refund, _handling, behaviour);
}
