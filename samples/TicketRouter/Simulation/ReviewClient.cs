using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TicketRouter.Simulation;

/// <summary>Tasks and answers of Plumbline's review queue, as a program uses them.</summary>
public sealed class ReviewClient(HttpClient http)
{
    /// <summary>The next task for whom the key belongs to; null when there is none.</summary>
    public async Task<(long Task, string PredictionId)?> NextAsync(string model, CancellationToken ct)
    {
        using var response = await http.PostAsync($"v1/models/{Uri.EscapeDataString(model)}/review/next", content: null, ct);
        response.EnsureSuccessStatusCode();
        if (response.StatusCode == HttpStatusCode.NoContent)
            return null;
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        return (answer.GetProperty("task").GetInt64(), answer.GetProperty("prediction_id").GetString()!);
    }

    /// <summary>Answers a task; marked as a program's answer.</summary>
    /// <param name="model">Of the task.</param>
    /// <param name="task">Its number.</param>
    /// <param name="value">What is right; null: this program does not know.</param>
    /// <param name="ct">Gives up.</param>
    public async Task AnswerAsync(string model, long task, string? value, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(
            $"v1/models/{Uri.EscapeDataString(model)}/review/tasks/{task}/answer",
            value is null ? (object)new { kind = "skip", robot = true } : new { value, robot = true },
            ct
        );
        response.EnsureSuccessStatusCode();
    }
}
