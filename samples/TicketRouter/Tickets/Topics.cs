namespace TicketRouter.Tickets;

/// <summary>One matter that customers write about.</summary>
/// <param name="Name">As in the phrase files, <c>queue.matter</c>.</param>
/// <param name="Queue">The queue that answers it, until responsibilities change.</param>
/// <param name="Share">Share of all tickets in quiet times.</param>
/// <param name="HasOrder">Probability that the ticket refers to an order.</param>
/// <param name="Minutes">Median handling time before the ticket's own circumstances.</param>
/// <param name="RefundLogit">Log-odds that money is returned, for an average customer and order.</param>
public sealed record Topic(string Name, string Queue, double Share, double HasOrder, double Minutes, double RefundLogit);

/// <summary>The desk's queues and the matters that they answer.</summary>
public static class Topics
{
    public static readonly string[] Queues = ["account", "billing", "refund", "security", "shipping", "technical"];

    public static readonly Topic[] All =
    [
        new("billing.invoice_copy", "billing", 0.07, 0.55, 9, -3.0),
        new("billing.wrong_charge", "billing", 0.09, 0.90, 21, 0.9),
        new("billing.payment_method", "billing", 0.06, 0.25, 11, -3.0),
        new("technical.app_crash", "technical", 0.08, 0.15, 34, -2.2),
        new("technical.service_outage", "technical", 0.04, 0.05, 14, -2.0),
        new("technical.integration", "technical", 0.08, 0.05, 58, -2.6),
        new("account.change_details", "account", 0.06, 0.10, 8, -3.5),
        new("account.close_account", "account", 0.05, 0.15, 12, -0.9),
        new("account.plan_change", "account", 0.05, 0.10, 15, -1.8),
        new("shipping.late_parcel", "shipping", 0.09, 0.95, 17, -0.2),
        new("shipping.damaged_parcel", "shipping", 0.05, 0.97, 26, 1.4),
        new("shipping.wrong_address", "shipping", 0.05, 0.95, 13, -1.6),
        new("refund.return_item", "refund", 0.05, 0.98, 16, 1.2),
        new("refund.refund_status", "refund", 0.05, 0.97, 19, 0.8),
        new("refund.cancel_order", "refund", 0.04, 0.98, 10, 1.7),
        new("security.suspicious_login", "security", 0.04, 0.03, 41, -3.2),
        new("security.phishing", "security", 0.03, 0.03, 29, -3.2),
        new("security.two_factor", "security", 0.03, 0.02, 23, -3.4),
    ];

    /// <summary>
    /// The matters that change hands when the desk is reorganised: the customers write as before, the right answer is another.
    /// </summary>
    public static string QueueOf(Topic topic, bool reorganised) =>
        (reorganised, topic.Name) switch
        {
            (true, "billing.wrong_charge") => "refund",
            (true, "security.two_factor") => "account",
            _ => topic.Queue,
        };
}
