using System.Globalization;
using System.Text;
using TicketRouter.Scenario;

namespace TicketRouter.Tickets;

/// <summary>
/// Writes tickets and knows their outcomes. Every ticket takes its random numbers from its own stream, in an order that does not depend on
/// the conditions, so that a change of the world moves exactly what it is said to move.
/// </summary>
public sealed class TicketGenerator
{
    /// <summary>The desk misfiles this share of tickets: no model can reach 100 %.</summary>
    public const double MisfiledShare = 0.03;

    /// <summary>The share of an outage's traffic that is about the outage; brings the technical queue to about 40 % of requests.</summary>
    public const double OutageShare = 0.25;

    public static readonly string[] Plans = ["free", "pro", "enterprise"];
    public static readonly string[] Channels = ["web", "app", "email", "chat"];
    public static readonly string[] Countries = ["US", "GB", "DE", "FR", "BR", "PT", "AT", "CA", "IE"];

    private static readonly double[] PlanShares = [0.42, 0.38, 0.20];
    private static readonly double[] ChannelShares = [0.37, 0.33, 0.22, 0.08];
    private static readonly double[] CountryShares = [0.27, 0.14, 0.17, 0.16, 0.08, 0.05, 0.05, 0.05, 0.03];
    private static readonly double[] TopicShares = [.. Topics.All.Select(topic => topic.Share)];
    private static readonly Topic OutageTopic = Topics.All.Single(topic =>
        string.Equals(topic.Name, "technical.service_outage", StringComparison.Ordinal)
    );

    /// <summary>One ticket.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="at">When it is written.</param>
    /// <param name="world">The conditions at that time.</param>
    /// <param name="random">Its own stream.</param>
    public SimulatedTicket Write(string id, DateTimeOffset at, WorldConditions world, SeededRandom random)
    {
        var aboutOutage = random.Chance(OutageShare) && world.Outage;
        var drawn = Topics.All[random.Weighted(TopicShares)];
        var topic = aboutOutage ? OutageTopic : drawn;
        var country = Countries[random.Weighted(CountryShares)];
        var homeLanguage = country switch
        {
            "DE" or "AT" => "de",
            "FR" => "fr",
            "BR" or "PT" => "pt",
            _ => "en",
        };
        var language = random.Chance(0.08) ? "en" : homeLanguage;
        var plan = Plans[random.Weighted(PlanShares)];
        var channel = Channels[random.Weighted(ChannelShares)];
        var age = Math.Round(Math.Min(4000, random.LogNormal(420 * (1 - (0.55 * world.DriftProgress)), 0.9)));
        var planFactor = plan switch
        {
            "enterprise" => 2.6,
            "pro" => 1.3,
            _ => 0.8,
        };
        var amount = Math.Round(random.LogNormal(46 * planFactor * (1 + (0.6 * world.DriftProgress)), 0.75), 2);
        var open = random.Poisson(0.7);
        var attachments = random.Poisson(topic.Name.EndsWith("damaged_parcel", StringComparison.Ordinal) ? 1.8 : 0.35);
        var hasOrder = random.Chance(topic.HasOrder);
        var anger = Math.Clamp((0.25 * open) + (0.35 * random.Normal()) + 0.1, 0, 1);
        var (subject, body) = Text(topic, PhraseBook.All[language], amount, anger, random);
        var amountMissing = random.Chance(0.04) | (random.Chance(0.92) && world.AmountLost && channel == "app");
        var ageMissing = random.Chance(0.01);
        if (random.Chance(0.75) && world.BrokenPortal && country == "BR")
        {
            (subject, body) = (
                "Formulário do portal de atendimento",
                "Solicitação enviada pelo portal. O cliente pede retorno sobre o protocolo."
            );
        }

        var ticket = new Ticket
        {
            TicketId = id,
            CreatedAt = at,
            Subject = subject,
            Body = body,
            Plan = plan,
            Country = country,
            Language = language,
            Channel = channel,
            AccountAgeDays = ageMissing ? null : age,
            OpenTickets = open,
            OrderAmount = amountMissing ? null : amount,
            HasOrder = hasOrder,
            Attachments = attachments,
        };
        return new SimulatedTicket(ticket, Outcome(topic, ticket, amount, age, at, world, random), at);
    }

    private static TicketOutcome Outcome(
        Topic topic,
        Ticket ticket,
        double amount,
        double age,
        DateTimeOffset at,
        WorldConditions world,
        SeededRandom random
    )
    {
        var misfiled = random.Chance(MisfiledShare);
        var anyQueue = random.Pick(Topics.Queues);
        var logit =
            topic.RefundLogit
            - (0.7 * Math.Log(amount / 60))
            + (0.25 * Math.Log(Math.Max(age, 1) / 420))
            + (
                ticket.Plan == "enterprise" ? 0.7
                : ticket.Plan == "free" ? -0.4
                : 0
            )
            + (0.3 * (ticket.Attachments ?? 0));
        var granted = random.Next() < 1 / (1 + Math.Exp(-logit));
        var minutes =
            topic.Minutes
            * (1 + (0.18 * (ticket.OpenTickets ?? 0)))
            * (1 + (0.2 * (ticket.Attachments ?? 0)))
            * (ticket.Plan == "enterprise" ? 1.35 : 1)
            * (ticket.Channel == "chat" ? 0.7 : 1)
            * random.LogNormal(1, 0.35);
        return new TicketOutcome
        {
            Topic = topic.Name,
            Queue = misfiled ? anyQueue : Topics.QueueOf(topic, world.Reorganised),
            RefundGranted = granted,
            HandlingMinutes = Math.Round(minutes, 1),
            QueueKnownAt = KnownAt(at, random, coverage: 0.86, medianHours: 5, sigma: 1.1),
            RefundKnownAt = KnownAt(at, random, coverage: 0.74, medianHours: 26, sigma: 0.7),
            HandlingKnownAt = KnownAt(at, random, coverage: 0.81, medianHours: 8, sigma: 0.9),
        };
    }

    /// <summary>Ground truth comes late (log-normal, at most five days) and for a share of the tickets only.</summary>
    private static DateTimeOffset? KnownAt(DateTimeOffset at, SeededRandom random, double coverage, double medianHours, double sigma)
    {
        var known = random.Chance(coverage);
        var hours = Math.Min(120, random.LogNormal(medianHours, sigma));
        return known ? at.AddSeconds(Math.Round(hours * 3600)) : null;
    }

    private static (string Subject, string Body) Text(Topic topic, PhraseBook book, double amount, double anger, SeededRandom random)
    {
        // Some customers give the subject of another matter, and some mention a second one: this is what makes the routing hard.
        var other = Topics.All[random.Weighted(TopicShares)];
        var vague = random.Chance(0.22);
        var subject = book.Fill(random.Pick(book.Subjects(vague ? other : topic)), random, amount);
        var body = new StringBuilder(random.Pick(book.Greetings));
        var sentences = book.Sentences(topic);
        var first = random.Next(sentences.Length);
        Append(body, book.Fill(sentences[first], random, amount));
        var second = book.Fill(sentences[(first + 1) % sentences.Length], random, amount);
        if (random.Chance(0.45))
            Append(body, second);
        var aside = book.Fill(random.Pick(book.Sentences(other)), random, amount);
        if (random.Chance(0.34))
            Append(body, aside);
        var filler = random.Pick(book.Filler);
        if (random.Chance(0.6))
            Append(body, filler);
        var text = Misspell(body.ToString(), random);
        if (anger > 0.75)
            subject = subject.ToUpperInvariant();
        if (anger > 0.45)
            text += new string('!', 1 + (int)(anger * 4));
        return (subject, text);
    }

    private static void Append(StringBuilder body, string sentence) => body.Append(' ').Append(sentence);

    /// <summary>Swaps two neighbouring letters in some of the messages, as hurried people do.</summary>
    private static string Misspell(string text, SeededRandom random)
    {
        var happens = random.Chance(0.35);
        var at = random.Next(text.Length - 1);
        if (!happens || !char.IsLower(text[at]) || !char.IsLower(text[at + 1]))
            return text;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, at)}{text[at + 1]}{text[at]}{text.AsSpan(at + 2)}");
    }
}
