using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Tests.Decoding;

public class FuzzTests
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes(
        """
        [{"prediction_id":"p-1","timestamp":"2026-03-01T08:15:02.123Z","version":"v3","features":{"amount":12.5,"country":"FR","is_new":true,"subject":"a \u00e9","age":null,"tags":[1,{"a":"b"}]},
        "prediction":"1","probabilities":{"0":0.2,"1":0.8},"score":0.75,"latency_ms":12.1,"status":"ok","error":"late","trace_id":"t1","role":"shadow","metadata":{"tenant":"a"}},
        {"prediction_id":"p-2","timestamp":1772352902123,"features":{"country":"DE","amount":-1e5},"prediction":2}]
        """
    );

    [Fact]
    public void Mutated_bodies_are_read_or_refused_and_never_break()
    {
        var random = new Random(20260301);
        var read = 0;
        var refused = 0;
        using var predictions = new EventDecoder(EventKind.Prediction, new EventLimits());
        using var truths = new EventDecoder(EventKind.GroundTruth, new EventLimits());
        using var signals = new EventDecoder(EventKind.Signal, new EventLimits());
        for (var i = 0; i < 10_000; i++)
        {
            var body = Mutate(random);
            foreach (var decoder in (EventDecoder[])[predictions, truths, signals])
            {
                decoder.Begin(new DecodeContext(Decoded.Now, null, i % 2 == 0));
                try
                {
                    decoder.DecodeBody(body);
                    read++;
                }
                catch (MalformedBodyException error)
                {
                    Assert.InRange(error.Offset, 0, body.Length);
                    refused++;
                    continue;
                }
                if (decoder == predictions)
                    Decoded.From(decoder.Batch);
            }
            predictions.Begin(new DecodeContext(Decoded.Now, null, false));
            predictions.DecodeLine(body, 0, 0);
            Assert.InRange(Decoded.From(predictions.Batch).Rows.Count, 0, 1);
        }
        Assert.True(read > 1_000 && refused > 1_000, $"read {read}, refused {refused}: the mutations show too little");
    }

    [Fact]
    public void Any_finite_number_and_any_text_comes_back_as_it_was()
    {
        var values = ArbMap.Default.GeneratorFor<(NormalFloat Number, string? Text)>().ArrayOf();
        Prop.ForAll(
                values.ToArbitrary(),
                rows =>
                {
                    var texts = rows.Select(r => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(r.Text ?? ""))).ToList();
                    var json =
                        "["
                        + string.Join(
                            ',',
                            rows.Select(
                                (r, i) =>
                                    string.Create(
                                        CultureInfo.InvariantCulture,
                                        $$$"""{"features":{"n":{{{r.Number.Get:R}}},"t":{{{System.Text.Json.JsonSerializer.Serialize(texts[i])}}}}}"""
                                    )
                            )
                        )
                        + "]";
                    var decoded = Decoded.Predictions(json);
                    return decoded.Rows.Count == rows.Length
                        && decoded.Rows.Select(Number).SequenceEqual(rows.Select(r => r.Number.Get))
                        && decoded.Rows.Select(r => (string)r.Features["t"]!).SequenceEqual(texts);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    // An integer of many digits comes back with its digits beside it.
    private static double Number(DecodedPrediction row) => row.Features["n"] is (double value, string) ? value : (double)row.Features["n"]!;

    private static byte[] Mutate(Random random)
    {
        var body = Valid.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(6))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, Math.Min(random.Next(1, 12), body.Count - at));
                    break;
                case 2:
                    body.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    body.InsertRange(at, Valid[..random.Next(1, 60)]);
                    break;
                case 4:
                    body.InsertRange(at, "null \\ud800 1e999 [[[[ }{ \"\" -0 true"u8[..random.Next(1, 36)].ToArray());
                    break;
                default:
                    (body[at], body[random.Next(body.Count)]) = (body[random.Next(body.Count)], body[at]);
                    break;
            }
            if (body.Count == 0)
                body.Add((byte)'{');
        }
        return [.. body];
    }
}
