using System.Globalization;
using System.Net.Http.Json;

namespace Plumbline.Bench.Idle;

/// <summary>Models of five to ten features, and predictions of them in the hours before now.</summary>
internal static class IdleModels
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    public static string Name(int model) => string.Create(CultureInfo.InvariantCulture, $"idle-{model}");

    public static async Task RegisterAsync(HttpClient client, int model, Random random)
    {
        var features = Enumerable
            .Range(0, random.Next(5, 11))
            .ToDictionary(i => $"feature_{i}", i => new { type = i % 3 == 2 ? "categorical" : "numeric" });
        using var answer = await client.PutAsJsonAsync(
            $"/v1/models/{Name(model)}",
            new
            {
                task = "binary",
                classes = new[] { "no", "yes" },
                positive_class = "yes",
                features,
            }
        );
        await ThrowIfRefusedAsync(answer);
    }

    /// <summary>
    /// Posts predictions spread over some hours up to now: windows that are closed, and one that is open; the open one alone for 0 hours.
    /// </summary>
    public static async Task PostAsync(HttpClient client, int model, int rows, DateTimeOffset now, double hours, int seed)
    {
        var random = new Random(seed + model);
        var events = Enumerable
            .Range(0, rows)
            .Select(row => new
            {
                prediction_id = Guid.NewGuid().ToString("N"),
                timestamp = now - (TimeSpan.FromHours(hours) * row / rows),
                version = "v1",
                prediction = random.Next(2) == 0 ? "no" : "yes",
                score = Math.Round(random.NextDouble(), 4),
                features = Enumerable
                    .Range(0, 5)
                    .ToDictionary(
                        i => $"feature_{i}",
                        i => i % 3 == 2 ? (object)Colours[random.Next(3)] : Math.Round(random.NextDouble() * 100, 3)
                    ),
            });
        using var answer = await client.PostAsJsonAsync($"/v1/models/{Name(model)}/predictions", events);
        await ThrowIfRefusedAsync(answer);
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"{answer.RequestMessage!.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
            );
        }
    }
}
