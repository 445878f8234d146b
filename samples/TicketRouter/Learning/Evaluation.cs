using System.Globalization;
using TicketRouter.Releases;
using TicketRouter.Tickets;

namespace TicketRouter.Learning;

/// <summary>How well a release does on tickets that it was not trained on, with the baselines beside it.</summary>
/// <param name="Tickets">Held-out tickets.</param>
/// <param name="QueueAccuracy">Share of right queues.</param>
/// <param name="MajorityAccuracy">The same when always answering the most frequent queue.</param>
/// <param name="RefundRocAuc">Area under the ROC curve of refund-risk over the tickets with an order; 0.5 is chance.</param>
/// <param name="HandlingMae">Mean absolute error of handling-time in minutes.</param>
/// <param name="MeanMae">The same when always answering the mean.</param>
public sealed record Evaluation(
    int Tickets,
    double QueueAccuracy,
    double MajorityAccuracy,
    double RefundRocAuc,
    double HandlingMae,
    double MeanMae
)
{
    public static Evaluation Of(Release release, IReadOnlyList<SimulatedTicket> heldOut)
    {
        var right = 0;
        var error = 0.0;
        List<(double Score, bool Granted)> refunds = [];
        foreach (var (ticket, outcome, _) in heldOut)
        {
            var answer = release.Answer(ticket);
            if (string.Equals(answer.Queue, outcome.Queue, StringComparison.Ordinal))
                right++;
            if (ticket.HasOrder)
                refunds.Add((answer.RefundProbability, outcome.RefundGranted));
            error += Math.Abs(answer.HandlingMinutes - outcome.HandlingMinutes);
        }

        var majority = heldOut.CountBy(t => t.Outcome.Queue, StringComparer.Ordinal).Max(pair => pair.Value);
        var mean = heldOut.Average(t => t.Outcome.HandlingMinutes);
        return new Evaluation(
            heldOut.Count,
            (double)right / heldOut.Count,
            (double)majority / heldOut.Count,
            RocAuc(refunds),
            error / heldOut.Count,
            heldOut.Average(t => Math.Abs(t.Outcome.HandlingMinutes - mean))
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Tickets} held-out tickets: queue accuracy {QueueAccuracy:0.000} (majority {MajorityAccuracy:0.000}), "
                + $"refund ROC AUC {RefundRocAuc:0.000}, handling MAE {HandlingMae:0.0} min (mean answer {MeanMae:0.0})"
        );

    /// <summary>Mann-Whitney with ties counted half.</summary>
    private static double RocAuc(List<(double Score, bool Granted)> scored)
    {
        scored.Sort((a, b) => a.Score.CompareTo(b.Score));
        double positives = 0,
            rankSum = 0;
        for (var i = 0; i < scored.Count; )
        {
            var end = i;
            while (end < scored.Count && scored[end].Score.Equals(scored[i].Score))
                end++;
            for (var j = i; j < end; j++)
            {
                if (!scored[j].Granted)
                    continue;
                positives++;
                rankSum += (i + 1 + end) / 2.0;
            }

            i = end;
        }

        var negatives = scored.Count - positives;
        return positives == 0 || negatives == 0 ? double.NaN : (rankSum - (positives * (positives + 1) / 2)) / (positives * negatives);
    }
}
