using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Tests.Decoding;

/// <summary>A typed event becomes the bytes that its JSON becomes: one oracle for every rule that both obey.</summary>
public sealed class BuiltEventTests
{
    private static readonly DateTimeOffset Now = Decoded.Now;

    private static readonly Gen<string?> Word = Gen.Elements<string?>(
        null,
        null,
        "v1",
        "",
        "trace-7",
        "tab\there",
        "\u00e9t\u00e9",
        "half\ud800",
        new string('x', 200)
    );

    private static readonly Gen<double?> Number = Gen.Elements<double?>(
        null,
        0,
        1,
        -0.0,
        0.25,
        1.0000005,
        1.5,
        -3,
        1e300,
        12345678901234567,
        0.1
    );

    private static readonly Gen<FeatureValue> Value = Gen.OneOf(
        Gen.Constant(FeatureValue.Missing),
        Gen.Elements(true, false).Select(FeatureValue.Of),
        Gen.Elements(0, 1.5, -2e-7, 1e308, 42).Select(FeatureValue.Of),
        Gen.Elements(7L, 999_999_999_999_999, 1_000_000_000_000_000, long.MaxValue, long.MinValue).Select(FeatureValue.Of),
        Gen.Elements("", "FR", "caf\u00e9", "a\"b\\c", "half\udc00", new string('y', 70_000)).Select(FeatureValue.Of),
        Gen.Elements("[1,2,{\"a\":null}]", "{\"k\":\"v\"}", "{}").Select(FeatureValue.Json)
    );

    [Fact]
    public void A_prediction_is_taken_and_refused_as_its_JSON_is() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(
                Arb.From(Predictions()),
                prediction => AssertSame(EventKind.Prediction, builder => builder.Add(prediction), Json(prediction), numeric: false)
            )
        );

    [Fact]
    public void A_prediction_of_a_regression_is_taken_and_refused_as_its_JSON_is() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000),
            Prop.ForAll(
                Arb.From(Predictions().Select(prediction => prediction.Number is null ? prediction : prediction with { Class = null })),
                prediction => AssertSame(EventKind.Prediction, builder => builder.Add(prediction), Json(prediction), numeric: true)
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ground_truth_is_taken_and_refused_as_its_JSON_is(bool numeric)
    {
        var truths =
            from id in Gen.Elements("p1", "", "id\n", new string('i', 300))
            from number in Number
            from name in Gen.Elements<string?>("spam", "1.0", "True", "NaN", "", null, "a\u0001b")
            from source in Word
            from hours in Gen.Elements<int?>(null, -3, 30)
            select new GroundTruthEvent
            {
                PredictionId = id,
                Number = number,
                Class = number is null ? name : null,
                Source = source,
                Timestamp = hours is { } after ? Now.AddHours(after) : null,
            };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000),
            Prop.ForAll(Arb.From(truths), truth => AssertSame(EventKind.GroundTruth, builder => builder.Add(truth), Json(truth), numeric))
        );
    }

    [Fact]
    public void A_signal_is_taken_and_refused_as_its_JSON_is()
    {
        var signals =
            from name in Gen.Elements("click", "", "n\u0002", "\u00fcber")
            from value in Number
            from prediction in Gen.Elements<string?>(null, "p", "")
            from id in Gen.Elements<string?>(null, "s-1")
            from version in Word
            select new SignalEvent
            {
                Name = name,
                Value = value,
                PredictionId = prediction,
                SignalId = id,
                Version = version,
                Segment = "plan=a",
                Timestamp = Now,
            };
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000),
            Prop.ForAll(
                Arb.From(signals),
                signal => AssertSame(EventKind.Signal, builder => builder.Add(signal), Json(signal), numeric: false)
            )
        );
    }

    [Fact]
    public void What_is_refused_leaves_the_good_events_beside_it_and_says_which_it_was()
    {
        using var builder = new EventBatchBuilder(EventKind.Prediction, new EventLimits());
        builder.Begin(new DecodeContext(Now, null, NumericPrediction: true));
        Assert.True(builder.Add(new PredictionEvent { Id = "a", Number = 1 }));
        Assert.False(builder.Add(new PredictionEvent { Id = "b", Class = "spam" }));
        Assert.False(builder.Add(new PredictionEvent { Id = "c", Features = [new("x", FeatureValue.Json("[1,"))] }));
        Assert.True(builder.Add(new PredictionEvent { Number = double.NaN }));
        Assert.Equal(["a", builder.Batch.Rows[1].IdMade ? "made" : "?"], ["a", "made"]);
        Assert.Equal([(1L, "prediction"), (2L, "x")], builder.Batch.Rejections.Select(refused => (refused.Index, refused.Field!)));
        Assert.Throws<InvalidOperationException>(() => builder.Add(new SignalEvent { Name = "click" }));
        builder.Begin(new DecodeContext(Now, null, NumericPrediction: true));
        Assert.Equal((0, 0), (builder.Batch.Rows.Length, builder.Batch.RejectedCount));
    }

    private static Gen<PredictionEvent> Predictions() =>
        from id in Gen.Elements("p1", "p2", "", new string('i', 300))
        from version in Word
        from role in Gen.Elements(PredictionRole.Primary, PredictionRole.Shadow)
        from status in Gen.Elements<PredictionStatus?>(null, PredictionStatus.Ok, PredictionStatus.Timeout)
        from number in Number
        from name in Gen.Elements<string?>("spam", "1.0", "TRUE", " padded ", "", "None", null, new string('c', 300))
        from score in Number
        from probabilities in Gen.Elements<KeyValuePair<string, double>[]?>(
            null,
            [],
            [new("a", 0.25), new("b", 0.75)],
            [new("1", 0.5), new("1.0", 0.5)],
            [new("a", 0.9), new("b", 0.9)],
            [new("null", 0.5)]
        )
        from latency in Number
        from error in Gen.Elements<string?>(null, "boom", new string('\u00e9', 5_000))
        from trace in Word
        from metadata in Gen.Elements<string?>(null, "{}", """{"a":[1]}""", "[1]")
        from isPart in Gen.Elements(true, false)
        from hours in Gen.Elements<int?>(null, -3, 30)
        from features in Gen.ListOf(Gen.Zip(Gen.Elements("x", "y", " z ", "@no", "deep.name"), Value))
            .Select(pairs => pairs.Take(4).ToList())
        select new PredictionEvent
        {
            Id = id,
            Version = version,
            Role = role,
            Status = status,
            Number = number,
            Class = number is null ? name : null,
            Score = score,
            Probabilities = probabilities,
            LatencyMs = latency,
            Error = error,
            TraceId = trace,
            Metadata = metadata,
            IsPart = isPart,
            Timestamp = hours is { } after ? Now.AddHours(after) : null,
            Features = [.. features.Select(pair => new KeyValuePair<string, FeatureValue>(pair.Item1, pair.Item2))],
        };

    private static void AssertSame(EventKind kind, Func<EventBatchBuilder, bool> add, string json, bool numeric)
    {
        var context = new DecodeContext(Now, Now.AddDays(-1), numeric, LearnsForm: !numeric);
        using var builder = new EventBatchBuilder(kind, new EventLimits());
        using var decoder = new EventDecoder(kind, new EventLimits());
        builder.Begin(context);
        decoder.Begin(context);
        var taken = add(builder);
        decoder.DecodeBody(Encoding.UTF8.GetBytes(json));
        Assert.Equal(
            decoder.Batch.Rejections.Select(refused => (refused.Code, refused.Field)),
            builder.Batch.Rejections.Select(refused => (refused.Code, refused.Field))
        );
        Assert.Equal(decoder.Batch.Rows.Length == 1, taken);
        Assert.Equal(decoder.Batch.TellingClass, builder.Batch.TellingClass);
        Assert.Equal(Convert.ToHexString(decoder.Batch.Seal().Span), Convert.ToHexString(builder.Batch.Seal().Span));
    }

    private static string Json(PredictionEvent e) =>
        Write(
            ("prediction_id", Text(e.Id)),
            ("timestamp", Time(e.Timestamp)),
            ("version", Text(e.Version)),
            ("role", e.Role == PredictionRole.Shadow ? "\"shadow\"" : null),
            ("status", e.Status is { } status ? $"\"{status.ToString().ToLowerInvariant()}\"" : null),
            ("prediction", Figure(e.Number) ?? Text(e.Class)),
            ("score", Figure(e.Score)),
            ("probabilities", e.Probabilities is { } classes ? Object(classes.Select(pair => (pair.Key, Figure(pair.Value)!))) : null),
            ("latency_ms", Figure(e.LatencyMs)),
            ("error", Text(e.Error)),
            ("trace_id", Text(e.TraceId)),
            ("metadata", e.Metadata),
            ("partial", e.IsPart ? "true" : null),
            ("features", e.Features is { } features ? Object(features.Select(pair => (pair.Key, Feature(pair.Value)))) : null)
        );

    private static string Json(GroundTruthEvent e) =>
        Write(
            ("prediction_id", Text(e.PredictionId)),
            ("timestamp", Time(e.Timestamp)),
            ("value", Figure(e.Number) ?? Text(e.Class)),
            ("source", Text(e.Source))
        );

    private static string Json(SignalEvent e) =>
        Write(
            ("name", Text(e.Name)),
            ("timestamp", Time(e.Timestamp)),
            ("value", Figure(e.Value)),
            ("prediction_id", Text(e.PredictionId)),
            ("signal_id", Text(e.SignalId)),
            ("version", Text(e.Version)),
            ("segment", Text(e.Segment))
        );

    private static string Write(params (string Name, string? Value)[] fields) =>
        Object(fields.Where(field => field.Value is not null).Select(field => (field.Name, field.Value!)));

    private static string Object(IEnumerable<(string Name, string Value)> fields) =>
        "{" + string.Join(',', fields.Select(field => $"{Text(field.Name)}:{field.Value}")) + "}";

    private static string? Time(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static string? Figure(double? number) => number?.ToString("R", CultureInfo.InvariantCulture);

    private static string Feature(FeatureValue value) =>
        value.Kind switch
        {
            FeatureValueKind.Missing => "null",
            FeatureValueKind.True => "true",
            FeatureValueKind.False => "false",
            FeatureValueKind.Number => Figure(value.Number)!,
            FeatureValueKind.Text => Text(value.Text)!,
            _ => value.Text!,
        };

    // By hand: a serializer would replace half a surrogate pair, which is what is to be refused.
    private static string? Text(string? text)
    {
        if (text is null)
            return null;
        var json = new StringBuilder("\"");
        foreach (var part in text)
        {
            if (part is '"' or '\\')
                json.Append('\\').Append(part);
            else if (part < ' ' || char.IsSurrogate(part))
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)part:x4}");
            else
                json.Append(part);
        }

        return json.Append('"').ToString();
    }
}
