using System.Text.Json.Nodes;
using TicketRouter.Reporting;
using TicketRouter.Tickets;

namespace TicketRouter.Simulation;

/// <summary>What Plumbline is told about the three models: the body of <c>PUT /v1/models/{model}</c>.</summary>
public static class ModelRegistrations
{
    public static JsonObject Of(string model)
    {
        var registration = model switch
        {
            PredictionEvents.QueueModel => new JsonObject
            {
                ["task"] = "multiclass",
                ["classes"] = new JsonArray([.. Topics.Queues.Select(queue => JsonValue.Create(queue))]),
            },
            PredictionEvents.RefundModel => new JsonObject
            {
                ["task"] = "binary",
                ["classes"] = new JsonArray("no", "yes"),
                ["positive_class"] = "yes",
            },
            PredictionEvents.HandlingModel => new JsonObject { ["task"] = "regression" },
            _ => throw new ArgumentException($"There is no model '{model}'.", nameof(model)),
        };
        registration["cost"] = Cost(model);
        registration["features"] = Features(model);
        registration["segments"] = new JsonArray("country", "plan");
        if (model == PredictionEvents.QueueModel)
        {
            registration["signals"] = new JsonObject
            {
                [CustomerSignal.Reopened] = new JsonObject
                {
                    ["kind"] = "rate",
                    ["good"] = "down",
                    ["attribution_window"] = "1d",
                },
            };
        }

        registration["window"] = "1h";
        registration["allowed_lateness"] = "10m";
        registration["label_delay"] = model == PredictionEvents.RefundModel ? "3d" : "2d";
        return registration;
    }

    /// <summary>
    /// A refund that is promised and not granted costs half of the order; one that is refused and granted later, three tenths. A ticket in
    /// a wrong queue costs six minutes of somebody, a minute costs 0.7.
    /// </summary>
    private static JsonObject Cost(string model)
    {
        if (model == PredictionEvents.RefundModel)
        {
            return new JsonObject
            {
                ["false_positive"] = 0.5,
                ["false_negative"] = 0.3,
                ["value_feature"] = "order_amount",
                ["currency"] = "EUR",
            };
        }

        if (model == PredictionEvents.HandlingModel)
            return new JsonObject { ["per_unit_of_error"] = 0.7, ["currency"] = "EUR" };
        var matrix = new JsonObject();
        foreach (var truth in Topics.Queues)
        {
            var row = new JsonObject();
            foreach (var decision in Topics.Queues.Where(decision => decision != truth))
                row[decision] = 4.2;
            matrix[truth] = row;
        }

        return new JsonObject { ["matrix"] = matrix, ["currency"] = "EUR" };
    }

    private static JsonObject Features(string model)
    {
        var features = new JsonObject();
        if (model == PredictionEvents.QueueModel)
            Add("subject", "text");
        foreach (var name in (string[])["plan", "country", "language", "channel"])
            Add(name, "categorical");
        Add("account_age_days", "numeric", "d");
        Add("open_tickets", "numeric");
        Add("order_amount", "numeric", "EUR");
        Add("has_order", "boolean");
        Add("attachments", "numeric");
        Add("message_length", "numeric", "characters");
        Add("exclamations", "numeric");
        Add("capitals_share", "numeric");
        return features;

        void Add(string name, string type, string? unit = null)
        {
            var feature = new JsonObject { ["type"] = type };
            if (unit is not null)
                feature["unit"] = unit;
            features[name] = feature;
        }
    }
}
