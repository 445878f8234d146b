using System.Globalization;
using System.IO.Compression;
using Plumbline.Statistics;

namespace Plumbline.Bench.Fuzz;

/// <summary>One request of the fuzz: what is sent, and of which model the answer counts rows (null: of none).</summary>
internal sealed record FuzzRequest(string Kind, HttpMethod Method, string Path, byte[]? Body, string? MediaType, bool Gzip, string? Counts)
{
    public HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(Method, new Uri(Path, UriKind.Relative));
        if (Body is null)
            return message;
        message.Content = new ByteArrayContent(Body);
        if (MediaType is not null)
            message.Content.Headers.TryAddWithoutValidation("Content-Type", MediaType);
        if (Gzip)
            message.Content.Headers.ContentEncoding.Add("gzip");
        return message;
    }

    /// <summary>For the report: enough to send it again.</summary>
    public override string ToString() =>
        $"{Kind}: {Method} {Path} ({MediaType ?? "no type"}{(Gzip ? ", gzip" : "")}) "
        + $"{(Body is null ? "" : System.Text.Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(300, Body.Length))))}";
}

/// <summary>Draws requests of every kind. The same seed draws the same ones.</summary>
internal sealed class FuzzRequests
{
    private const int DeclaredModels = 12;
    private readonly RandomSource _random;
    private readonly FuzzMutation _mutation;
    private readonly (string Kind, int Weight, Func<FuzzRequest> Draw)[] _kinds;
    private readonly int _weights;

    public FuzzRequests(ulong seed)
    {
        _random = new RandomSource(seed);
        _mutation = new FuzzMutation(_random);
        _kinds =
        [
            ("predictions", 340, () => Events("predictions", FuzzSeeds.Predictions)),
            ("ground truth", 130, () => Events("ground-truth", FuzzSeeds.GroundTruths)),
            ("signals", 120, () => Events("signals", FuzzSeeds.Signals)),
            ("models", 40, DrawModel),
            ("versions", 50, () => Put("versions", $"/v1/models/{Model()}/versions/{Name()}", FuzzSeeds.Versions)),
            ("rules", 50, () => Put("rules", $"/v1/models/{Model()}/rules/{Few("rule")}", FuzzSeeds.Rules)),
            ("receivers", 30, () => Put("receivers", $"/v1/receivers/{Few("receiver")}", FuzzSeeds.Receivers)),
            ("silences", 10, () => Json("silences", HttpMethod.Post, "/v1/silences", FuzzSeeds.Silences)),
            ("sources", 30, () => Put("sources", $"/v1/models/{Model()}/sources/{Few("source")}", FuzzSeeds.Sources)),
            ("comments", 20, () => Json("comments", HttpMethod.Post, $"/v1/incidents/{_random.NextInt(5)}/comments", FuzzSeeds.Comments)),
            ("references", 6, DrawReference),
            ("deletes", 6, DrawDelete),
            ("reads", 60, DrawRead),
        ];
        _weights = _kinds.Sum(kind => kind.Weight);
    }

    public FuzzRequest Next()
    {
        var at = _random.NextInt(_weights);
        foreach (var (_, weight, draw) in _kinds)
        {
            if ((at -= weight) < 0)
                return draw();
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private FuzzRequest Events(string path, string[] seeds)
    {
        var model = _random.NextInt(40) == 0 ? Name() : Model();
        var type =
            _random.NextInt(30) == 0 ? _mutation.Pick(FuzzSeeds.MediaTypes)
            : _random.NextInt(4) == 0 ? "application/x-ndjson"
            : "application/json";
        var body = _mutation.Json(_mutation.Pick(seeds));
        if (type == "application/x-ndjson")
        {
            var lines = new List<byte>();
            for (var i = 1 + _random.NextInt(5); i > 0; i--)
                lines.AddRange([.. _mutation.Json(_mutation.Pick(seeds).TrimStart('[').TrimEnd(']')), (byte)'\n']);
            body = [.. lines];
        }

        var gzip = _random.NextInt(25) == 0;
        return new FuzzRequest(path, HttpMethod.Post, $"/v1/models/{model}/{path}", gzip ? Packed(body) : body, type, gzip, model);
    }

    private FuzzRequest DrawModel()
    {
        var (name, seed) = _mutation.Pick(FuzzSeeds.Models);
        var known = _random.NextInt(3) > 0;
        return Put(
            "models",
            $"/v1/models/{(known ? name : string.Create(CultureInfo.InvariantCulture, $"fz-more-{_random.NextInt(DeclaredModels)}"))}",
            [seed]
        );
    }

    private FuzzRequest DrawReference()
    {
        var (type, body) = _random.NextInt(4) switch
        {
            0 => ("text/csv", _mutation.Text(_mutation.Pick(FuzzSeeds.Csv))),
            1 => ("application/x-ndjson", _mutation.Text(_mutation.Pick(FuzzSeeds.Lines))),
            2 => ("application/vnd.apache.parquet", _random.NextInt(4) == 0 ? FuzzParquet.File : _mutation.Bytes(FuzzParquet.File)),
            _ => ("application/json", _mutation.Json("""{"from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","version":"v3"}""")),
        };
        var query = _random.NextInt(4) == 0 ? $"?prediction={Name()}&features={Name()}" : "?prediction=y_pred&ground_truth=y";
        return new FuzzRequest(
            "references",
            HttpMethod.Put,
            $"/v1/models/{Model()}/reference{query}",
            body,
            _random.NextInt(20) == 0 ? _mutation.Pick(FuzzSeeds.MediaTypes) : type,
            Gzip: false,
            Counts: null
        );
    }

    private FuzzRequest DrawDelete()
    {
        string path;
        do
        {
            path = _random.NextInt(4) switch
            {
                0 => string.Create(CultureInfo.InvariantCulture, $"/v1/models/fz-more-{_random.NextInt(DeclaredModels)}"),
                1 => $"/v1/receivers/{Few("receiver")}",
                2 => $"/v1/models/{Model()}/rules/{Few("rule")}",
                _ => $"/v1/silences/{_random.NextInt(1000)}",
            };
        } while (LeadsElsewhere(path));
        return new FuzzRequest("deletes", HttpMethod.Delete, path, Body: null, MediaType: null, Gzip: false, Counts: null);
    }

    // A name of dots, however it is written, takes the part before it away: the deletion of a rule would be that of its model, whose events
    // are counted.
    private static bool LeadsElsewhere(string path) =>
        new Uri(new Uri("http://localhost"), path).AbsolutePath.Count(letter => letter == '/') != path.Count(letter => letter == '/');

    private FuzzRequest DrawRead()
    {
        var path = _mutation.Pick(FuzzSeeds.Reads).Replace("{m}", Model(), StringComparison.Ordinal);
        while (path.Contains("{q}", StringComparison.Ordinal))
        {
            var at = path.IndexOf("{q}", StringComparison.Ordinal);
            path = string.Concat(path.AsSpan(0, at), Name(), path.AsSpan(at + 3));
        }

        return new FuzzRequest("reads", HttpMethod.Get, path, Body: null, MediaType: null, Gzip: false, Counts: null);
    }

    private FuzzRequest Put(string kind, string path, string[] seeds) => Json(kind, HttpMethod.Put, path, seeds);

    private FuzzRequest Json(string kind, HttpMethod method, string path, string[] seeds)
    {
        var type = _random.NextInt(30) == 0 ? _mutation.Pick(FuzzSeeds.MediaTypes) : "application/json";
        return new FuzzRequest(kind, method, path, _mutation.Json(_mutation.Pick(seeds)), type, Gzip: false, Counts: null);
    }

    private string Model() => _mutation.Pick(FuzzSeeds.Models).Name;

    // Few names, so that what is declared is overwritten and read again, and no limit of numbers is met by the fuzz alone.
    private string Few(string what) =>
        _random.NextInt(10) == 0 ? Name() : string.Create(CultureInfo.InvariantCulture, $"{what}-{_random.NextInt(8)}");

    /// <summary>A name for a path or query, most of the time encoded as it should be.</summary>
    private string Name()
    {
        var name = _mutation
            .Pick(FuzzSeeds.Names)
            .Replace("#", _random.NextInt(20).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return name.StartsWith('%') ? name
            : name is "." or ".." ? name.Replace(".", "%2e", StringComparison.Ordinal)
            : Uri.EscapeDataString(name);
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return packed.ToArray();
    }
}
