namespace Plumbline.Bench.Fuzz;

/// <summary>What a right request looks like, by kind, and the pieces that turn it into a wrong one.</summary>
internal static class FuzzSeeds
{
    /// <summary>The models that are never deleted, whose counters must agree with the answers in the end.</summary>
    public static readonly (string Name, string Body)[] Models =
    [
        (
            "fz-binary",
            """{"task":"binary","positive_class":"1","classes":["0","1"],"segments":["country"],"features":{"amount":{"type":"numeric"},"country":{"type":"categorical"}},"window":"1h"}"""
        ),
        (
            "fz-multi",
            """{"task":"multiclass","classes":["cat","dog","bird"],"window":"1d","label_delay":"1d","signals":{"click":{"kind":"rate","good":"up","attribution_window":"1d"}}}"""
        ),
        ("fz-number", """{"task":"regression","window":"15m"}"""),
        ("fz-plain", """{"task":"binary"}"""),
    ];

    public static readonly string[] Predictions =
    [
        """[{"prediction_id":"p-#","timestamp":"2026-03-01T08:15:02.123Z","version":"v3","features":{"amount":12.5,"country":"FR","is_new":true,"subject":"a text","age":null},"prediction":"1","probabilities":{"0":0.2,"1":0.8},"score":0.8,"latency_ms":12.1,"status":"ok","trace_id":"t","role":"primary","metadata":{"tenant":"a"}}]""",
        """{"prediction_id":"p-#","features":{"amount":-3,"country":"DE"},"prediction":0,"score":0.1}""",
        """[{"prediction":"1"},{"prediction_id":"q-#","prediction":"0","features":{"a":1,"b":"x"}},{"prediction_id":"q-#","prediction":"0"}]""",
        """{"prediction_id":"p-#","status":"timeout","error":"no answer","latency_ms":30000}""",
        """[{"prediction_id":"r-#","prediction":3.25,"features":{"rooms":3,"area":71.5}},{"prediction":"cat","probabilities":{"cat":0.5,"dog":0.25,"bird":0.25}}]""",
    ];

    public static readonly string[] GroundTruths =
    [
        """[{"prediction_id":"p-#","timestamp":"2026-03-02T08:15:02.123Z","value":"1","source":"crm"}]""",
        """{"prediction_id":"p-#","value":0}""",
        """[{"prediction_id":"q-#","value":true},{"prediction_id":"nobody-#","value":2.5}]""",
    ];

    public static readonly string[] Signals =
    [
        """[{"name":"click","timestamp":"2026-03-01T09:00:00Z","value":1,"prediction_id":"p-#","version":"v3","segment":"country=FR","signal_id":"c-#"}]""",
        """{"name":"refund","value":-12.5,"prediction_id":"q-#"}""",
    ];

    public static readonly string[] Versions =
    [
        """{"code":"git:1a2b3c","dataset":"d","description":"the # release"}""",
        """{"a":{"b":[1,2,{"c":null}]}}""",
    ];

    public static readonly string[] Rules =
    [
        """{"kind":"threshold","metric":"performance.accuracy","direction":"below","value":0.8,"for_windows":2,"of_windows":3,"minimum_n":100,"severity":"critical"}""",
        """{"kind":"change","metric":"system.requests","direction":"below","value":0.5,"relative":true,"against":"previous_period"}""",
        """{"kind":"ratio","metric":"system.latency_ms.p95","version":"v2","than_version":"v1","direction":"above","value":1.5}""",
        """{"kind":"drift","metric":"drift.calibrated","features":["amount"],"dry_run":true}""",
    ];

    public static readonly string[] Receivers =
    [
        """{"kind":"webhook","url":"http://127.0.0.1:9/hook","secret":"at least sixteen characters","authorization":"Bearer 5f2c9a7d41","digest":true}""",
        """{"kind":"slack","url":"http://127.0.0.1:9/services/T000"}""",
        """{"kind":"email","host":"127.0.0.1","port":9,"tls":"none","from":"a@example.com","to":["b@example.com"]}""",
        """{"kind":"alertmanager","urls":["http://127.0.0.1:9","http://10.0.0.1:9"]}""",
        """{"kind":"pagerduty","routing_key":"0123456789abcdef0123456789abcdef","minimum_severity":"critical"}""",
    ];

    public static readonly string[] Silences =
    [
        """{"matchers":[{"label":"model","operator":"=","value":"fz-binary"},{"label":"feature","operator":"=~","value":"in.*"}],"comment":"# moves","for":"4h"}""",
        """{"matchers":[{"label":"model","operator":"=","value":"x"}],"recurrence":{"weekdays":["saturday"],"from":"22:00","to":"04:00","time_zone":"Europe/Paris"}}""",
    ];

    public static readonly string[] Sources =
    [
        """{"connection":"warehouse","table":"refunds","gives":"ground_truth","columns":{"prediction_id":"id","value":"y"},"cursor":"updated_at"}""",
        """{"connection":"lake","path":"clicks/**/*.parquet","gives":"signals","signal":"click","columns":{"prediction_id":"id"}}""",
    ];

    public static readonly string[] Comments = ["""{"text":"looked at it, # rows"}"""];

    public static readonly string[] Csv =
    [
        "amount,country,y_pred,y\n1.5,FR,1,1\n2.5,DE,0,1\n,FR,1,0\n-3,\"a,b\",0,0\n",
        "a;b\n1;2\n",
        "x,x\n1,2\n",
    ];

    public static readonly string[] Lines =
    [
        "{\"amount\":1.5,\"country\":\"FR\",\"y_pred\":\"1\",\"y\":1}\n{\"amount\":null,\"country\":\"DE\",\"y_pred\":\"0\",\"y\":0}\n",
    ];

    /// <summary>Values that have broken somebody: as JSON fragments, some of which no serializer would write.</summary>
    public static readonly string[] Nasty =
    [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "1e155",
        "1e308",
        "1e400",
        "-1e400",
        "1e-320",
        "9007199254740993",
        "18446744073709551616",
        "0.1e1",
        "00",
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "Infinity",
        "\"\"",
        "\" \"",
        "\"NaN\"",
        "\"nan\"",
        "\"Infinity\"",
        "\"None\"",
        "\"null\"",
        "\"1.0\"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"a\\u0000b\"",
        "\"\\u0001\"",
        "\"\\u2028\"",
        "\"\\u202e\"",
        "\"\\ufeff\"",
        "\"é\"",
        "\"🦆\"",
        "\"@other\"",
        "\"*\"",
        "\"a=b\"",
        "\"../../etc/passwd\"",
        "\"'; DROP TABLE x; --\"",
        "\"{x:Int8}\"",
        "\"%s%n\"",
        "\"\\\\N\"",
        "\"`a`\"",
        "\"$(id)\"",
        "\"<script>\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"1969-12-31T23:59:59Z\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"2026-03-01T08:15:02+99:00\"",
        "253402300800000",
        "-62135596800001",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "[1,2,3]",
        "{\"a\":1}",
        "{\"\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"\\ud800\":1}",
        "{\"@x\":1}",
        "\"0s\"",
        "\"-1h\"",
        "\"99999999d\"",
        "\"1e3h\"",
        "\"http://169.254.169.254/\"",
        "\"http://[::1\"",
    ];

    /// <summary>Media types, right and wrong.</summary>
    public static readonly string?[] MediaTypes =
    [
        "application/json",
        "application/x-ndjson",
        "text/csv",
        "application/vnd.apache.parquet",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "application/json;;",
        "nonsense",
        "*/*",
        null,
    ];

    /// <summary>Texts for names in paths and queries, not yet encoded.</summary>
    public static readonly string[] Names =
    [
        "a",
        "fz-new-#",
        "v1",
        "v-#",
        "Ünïcode",
        "with space",
        "a/b",
        "..",
        ".",
        "%00",
        "%ff",
        "%ED%A0%80",
        "*",
        "'",
        "\"",
        "@other",
        "{model}",
        "a=b,c=d",
        "a\\,b",
        "-1",
        "1e400",
        "00000000-0000-0000-0000-000000000000",
        "name",
        "0",
        "9223372036854775808",
    ];

    /// <summary>What is read between the writes: reading must not break by what was written. {m} is a model, {q} is anything.</summary>
    public static readonly string[] Reads =
    [
        "/v1/models",
        "/v1/models/{m}",
        "/v1/models/{m}/versions",
        "/v1/models/{m}/progress",
        "/v1/models/{m}/reference",
        "/v1/models/{m}/signals",
        "/v1/models/{m}/sources",
        "/v1/models/{m}/rules",
        "/v1/models/{m}/predictions?limit=5",
        "/v1/models/{m}/predictions?filter={q}:eq:{q}",
        "/v1/models/{m}/predictions?filter=features.amount:gt:{q}&sort={q}",
        "/v1/models/{m}/predictions?cursor={q}",
        "/v1/models/{m}/predictions/{q}",
        "/v1/models/{m}/prediction-counts?class={q}",
        "/v1/models/{m}/prediction-counts?buckets={q}",
        "/v1/models/{m}/metrics?metric=*&feature={q}",
        "/v1/models/{m}/metrics?metric=system.*&segment={q}",
        "/v1/models/{m}/metrics?from={q}&to={q}",
        "/v1/models/{m}/segments",
        "/v1/receivers",
        "/v1/silences",
        "/v1/deliveries",
        "/v1/incidents",
        "/v1/incidents/{q}",
        "/v1/metrics-catalogue",
        "/openapi/v1.json",
        "/",
        "/models/{m}",
        "/{q}",
    ];
}
