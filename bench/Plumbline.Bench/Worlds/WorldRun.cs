using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Plumbline.Statistics;

namespace Plumbline.Bench.Worlds;

/// <summary>Sends a world through the public API of a real server and reads what it made of it.</summary>
internal sealed class WorldRun(BenchHost host, World world, int days, ulong seed)
{
    private const int RowsPerPost = 5_000;
    private const int ReferenceDays = 14;

    /// <summary>What a yes that is wrong and a no that is wrong cost, as it is declared.</summary>
    private const double FalsePositive = 1;
    private const double FalseNegative = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly string _model = world.Name.Replace(' ', '-');
    private readonly RandomSource _random = new(seed);

    /// <summary>First hour of production.</summary>
    public DateTimeOffset Start { get; } = StartOf(world, days);

    /// <summary>What the planted trouble cost in all: against what would have come out of the same answers without it.</summary>
    public double Loss { get; private set; }

    /// <summary>Rows sent.</summary>
    public long Rows { get; private set; }

    /// <summary>All incidents, by onset; those for the digest too.</summary>
    public async Task<IReadOnlyList<FoundIncident>> RunAsync(CancellationToken cancellation)
    {
        await DeclareAsync(cancellation);
        if (world.Reference != WorldReference.None)
            await PutReferenceAsync(cancellation);
        await SendAsync(cancellation);
        await SettleAsync(cancellation);
        var found = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{_model}/incidents?limit=500", cancellation);
        var incidents = new List<FoundIncident>();
        foreach (var incident in found.GetProperty("incidents").EnumerateArray())
        {
            incidents.Add(
                FoundIncident.Read(
                    await host.Client.GetFromJsonAsync<JsonElement>($"/v1/incidents/{incident.GetProperty("id").GetInt64()}", cancellation)
                )
            );
        }

        return [.. incidents.OrderBy(incident => incident.Onset)];
    }

    private static DateTimeOffset StartOf(World world, int days)
    {
        // Two days before now at the latest, so that all labels have come.
        var start = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-days - 2);
        while (start.DayOfWeek != world.Starts)
            start = start.AddDays(-1);
        return start;
    }

    private async Task DeclareAsync(CancellationToken cancellation)
    {
        var declaration = new
        {
            task = "binary",
            positive_class = "1",
            classes = new[] { "0", "1" },
            features = new
            {
                age = new { type = "numeric" },
                amount = new { type = "numeric" },
                country = new { type = "categorical" },
            },
            segments = new[] { "country" },
            label_delay = "1d",
            cost = new
            {
                false_positive = FalsePositive,
                false_negative = FalseNegative,
                currency = "EUR",
            },
        };
        using var answer = await host.Client.PutAsJsonAsync($"/v1/models/{_model}", declaration, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private async Task PutReferenceAsync(CancellationToken cancellation)
    {
        var withTimes = world.Reference == WorldReference.TwoWeeks;
        var text = new StringBuilder(withTimes ? "t," : "").AppendLine("age,amount,country,answer,score,truth");
        for (var hour = -ReferenceDays * 24; hour < 0; hour++)
        {
            foreach (var row in RowsOf(hour))
            {
                if (withTimes)
                    text.Append(CultureInfo.InvariantCulture, $"{row.Time:yyyy-MM-ddTHH:mm:ss.fffZ},");
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"{row.Age:0.####},{row.Amount:0.####},{row.Country},{(row.Answer ? 1 : 0)},{row.Score:0.######},{(row.Truth ? 1 : 0)}"
                );
            }
        }

        using var body = new StringContent(text.ToString());
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await host.Client.PutAsync(
            new Uri(
                $"/v1/models/{_model}/reference?prediction=answer&score=score&ground_truth=truth{(withTimes ? "&timestamp=t" : "")}",
                UriKind.Relative
            ),
            body,
            cancellation
        );
        answer.EnsureSuccessStatusCode();
    }

    private List<WorldRow> RowsOf(int hour)
    {
        var begins = Start.AddHours(hour);
        var rows = new List<WorldRow>();
        for (var left = (long)_random.NextPoisson(world.Rate(begins)); left > 0; left--)
        {
            var time = begins.AddMilliseconds(_random.NextInt(3_600_000));
            var day = (time - Start) / TimeSpan.FromDays(1);
            rows.Add(
                WorldRow.Draw(
                    time,
                    _random,
                    (row, random) => world.Before(row, day, random),
                    (row, random) => world.After(row, day, random)
                )
            );
        }

        return rows;
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var waiting = new List<WorldRow>();
        for (var hour = 0; hour < days * 24; hour++)
        {
            waiting.AddRange(RowsOf(hour));
            if (waiting.Count < RowsPerPost && hour < (days * 24) - 1)
                continue;
            await PostAsync("predictions", waiting.Select(Prediction), cancellation);
            // What failed has no answer that could be right or wrong.
            await PostAsync("ground-truth", waiting.Where(row => row.Status == "ok").Select((row, i) => Truth(row)), cancellation);
            Rows += waiting.Count;
            Loss += waiting.Where(row => row.Status == "ok").Sum(row => Cost(row.Answer, row.Truth) - Cost(row.Answer, row.TruthWithout));
            waiting.Clear();
        }
    }

    private static string IdOf(WorldRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Time.ToUnixTimeMilliseconds()}-{BitConverter.DoubleToInt64Bits(row.Age):x}");

    private static object Prediction(WorldRow row) =>
        new
        {
            prediction_id = IdOf(row),
            timestamp = row.Time,
            version = row.Version,
            features = new
            {
                age = row.Age,
                amount = row.Amount,
                country = row.Country,
            },
            prediction = row.Status == "ok" ? (row.Answer ? "1" : "0") : null,
            score = row.Status == "ok" ? row.Score : (double?)null,
            latency_ms = row.Latency,
            status = row.Status,
        };

    private static object Truth(WorldRow row) =>
        new
        {
            prediction_id = IdOf(row),
            timestamp = row.Time.AddDays(row.LabelAfterDays),
            value = row.Truth ? "1" : "0",
        };

    private static double Cost(bool answer, bool truth) =>
        answer == truth ? 0
        : answer ? FalsePositive
        : FalseNegative;

    private async Task PostAsync(string kind, IEnumerable<object> rows, CancellationToken cancellation)
    {
        var all = rows.ToArray();
        if (all.Length == 0)
            return;
        while (true)
        {
            using var answer = await host.Client.PostAsJsonAsync($"/v1/models/{_model}/{kind}", all, cancellation);
            if ((int)answer.StatusCode != 429)
            {
                answer.EnsureSuccessStatusCode();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        }
    }

    private async Task SettleAsync(CancellationToken cancellation)
    {
        var until = TimeProvider.System.GetUtcNow() + Patience;
        while (TimeProvider.System.GetUtcNow() < until)
        {
            var progress = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{_model}/progress", cancellation);
            if (
                progress.GetProperty("spool").GetInt64() == 0
                && progress.GetProperty("pending_windows").GetInt64() == 0
                && !progress.GetProperty("rules_pending").GetBoolean()
            )
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
        }

        throw new TimeoutException($"{world.Name}: still computing after {Patience}.");
    }
}
