using System.Buffers;
using System.Text.Json;
using TicketRouter.Releases;
using TicketRouter.Tickets;

namespace TicketRouter.Reporting;

/// <summary>What the service reports about one answer of one model.</summary>
public sealed record AnswerReport(
    Ticket Ticket,
    DateTimeOffset At,
    string Version,
    Answer Answer,
    double LatencyMs,
    string Status,
    string? Error
)
{
    /// <summary>What the answers of several releases to one ticket share; null where only one answers.</summary>
    public string? TraceId { get; init; }

    /// <summary>Nobody acts on this answer: it is that of a release which is tried out.</summary>
    public bool IsShadow { get; init; }

    /// <summary>The ticket's id; a shadow's answer has an id of its own.</summary>
    public string PredictionId => IsShadow ? $"{Ticket.TicketId}~{Version}" : Ticket.TicketId;
}

/// <summary>
/// Writes events as Plumbline takes them: one JSON object per line. The message's text stays here; only its subject and measures go out.
/// </summary>
public static class PredictionEvents
{
    public const string QueueModel = "ticket-router";
    public const string RefundModel = "refund-risk";
    public const string HandlingModel = "handling-time";

    public static readonly string[] Models = [QueueModel, RefundModel, HandlingModel];

    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line without its end: a prediction event.</summary>
    public static void WritePrediction(IBufferWriter<byte> into, string model, AnswerReport report)
    {
        using var json = new Utf8JsonWriter(into, Options);
        json.WriteStartObject();
        json.WriteString("prediction_id"u8, report.PredictionId);
        json.WriteString("timestamp"u8, report.At);
        json.WriteString("version"u8, report.Version);
        if (report.TraceId is { } trace)
            json.WriteString("trace_id"u8, trace);
        if (report.IsShadow)
            json.WriteString("role"u8, "shadow"u8);
        json.WriteStartObject("features"u8);
        Features(json, model, report.Ticket);
        json.WriteEndObject();
        if (report.Status == "ok")
            Prediction(json, model, report.Answer);
        json.WriteNumber("latency_ms"u8, Math.Round(report.LatencyMs, 2));
        json.WriteString("status"u8, report.Status);
        if (report.Error is { } error)
            json.WriteString("error"u8, error);
        json.WriteEndObject();
    }

    /// <summary>One line without its end: a ground-truth event.</summary>
    public static void WriteGroundTruth(IBufferWriter<byte> into, GroundTruthReport truth)
    {
        using var json = new Utf8JsonWriter(into, Options);
        json.WriteStartObject();
        json.WriteString("prediction_id"u8, truth.TicketId);
        json.WriteString("timestamp"u8, truth.At);
        if (truth.Number is { } number)
            json.WriteNumber("value"u8, number);
        else
            json.WriteString("value"u8, truth.Class);
        json.WriteString("source"u8, "desk");
        json.WriteEndObject();
    }

    /// <summary>One line without its end: a business signal, with an id so that sending it again counts nothing twice.</summary>
    public static void WriteSignal(IBufferWriter<byte> into, CustomerSignal signal)
    {
        using var json = new Utf8JsonWriter(into, Options);
        json.WriteStartObject();
        json.WriteString("name"u8, signal.Name);
        json.WriteString("prediction_id"u8, signal.TicketId);
        json.WriteString("timestamp"u8, signal.At);
        json.WriteNumber("value"u8, 1);
        json.WriteString("signal_id"u8, $"{signal.Name}-{signal.TicketId}");
        json.WriteEndObject();
    }

    /// <summary>
    /// One line without its end: a row of the reference, flat, with the columns answer, score, ground_truth and timestamp.
    /// </summary>
    public static void WriteReferenceRow(IBufferWriter<byte> into, string model, AnswerReport report, TicketOutcome outcome)
    {
        using var json = new Utf8JsonWriter(into, Options);
        json.WriteStartObject();
        json.WriteString("timestamp"u8, report.At);
        Features(json, model, report.Ticket);
        switch (model)
        {
            case QueueModel:
                json.WriteString("answer"u8, report.Answer.Queue);
                json.WriteNumber("score"u8, Math.Round(report.Answer.QueueProbabilities.Max(), 5));
                json.WriteString("ground_truth"u8, outcome.Queue);
                break;
            case RefundModel:
                json.WriteString("answer"u8, YesNo(report.Answer.RefundProbability >= 0.5));
                json.WriteNumber("score"u8, Math.Round(report.Answer.RefundProbability, 5));
                json.WriteString("ground_truth"u8, YesNo(outcome.RefundGranted));
                break;
            default:
                json.WriteNumber("answer"u8, report.Answer.HandlingMinutes);
                json.WriteNumber("ground_truth"u8, outcome.HandlingMinutes);
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>The prediction part of an event or of an answer to a client.</summary>
    public static void Prediction(Utf8JsonWriter json, string model, Answer answer)
    {
        switch (model)
        {
            case QueueModel:
                json.WriteString("prediction"u8, answer.Queue);
                json.WriteStartObject("probabilities"u8);
                for (var k = 0; k < Topics.Queues.Length; k++)
                    json.WriteNumber(Topics.Queues[k], Math.Round(answer.QueueProbabilities[k], 5));
                json.WriteEndObject();
                break;
            case RefundModel:
                json.WriteString("prediction"u8, YesNo(answer.RefundProbability >= 0.5));
                json.WriteNumber("score"u8, Math.Round(answer.RefundProbability, 5));
                break;
            default:
                json.WriteNumber("prediction"u8, answer.HandlingMinutes);
                break;
        }
    }

    public static string YesNo(bool granted) => granted ? "yes" : "no";

    private static void Features(Utf8JsonWriter json, string model, Ticket ticket)
    {
        if (model == QueueModel)
            json.WriteString("subject"u8, ticket.Subject);
        json.WriteString("plan"u8, ticket.Plan);
        json.WriteString("country"u8, ticket.Country);
        json.WriteString("language"u8, ticket.Language);
        json.WriteString("channel"u8, ticket.Channel);
        Number("account_age_days"u8, ticket.AccountAgeDays);
        Number("open_tickets"u8, ticket.OpenTickets);
        Number("order_amount"u8, ticket.OrderAmount);
        json.WriteBoolean("has_order"u8, ticket.HasOrder);
        Number("attachments"u8, ticket.Attachments);
        json.WriteNumber("message_length"u8, ticket.MessageLength);
        json.WriteNumber("exclamations"u8, ticket.Exclamations);
        json.WriteNumber("capitals_share"u8, ticket.CapitalsShare);

        void Number(ReadOnlySpan<byte> name, double? value)
        {
            if (value is { } number)
                json.WriteNumber(name, number);
            else
                json.WriteNull(name);
        }
    }
}
