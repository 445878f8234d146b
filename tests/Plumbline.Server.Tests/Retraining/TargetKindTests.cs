using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Review.Retraining.Targets.Kinds;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>What each kind of target is sent, to real servers that answer as the systems do, and how its runs are followed.</summary>
public sealed class TargetKindTests(TestHost host)
{
    [Fact]
    public async Task A_webhook_gets_a_signed_cloud_event_and_reports_by_callback()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        const string secret = "a-secret-of-sixteen";
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "webhook",
                    url = world.Sink.Url,
                    secret,
                }
            )
        );
        await world.UntilAsync(run, "queued");
        var sent = Assert.Single(world.Sink.Requests);
        Assert.Equal(("POST", "/hook", "application/cloudevents+json"), (sent.Method, sent.Path, sent["Content-Type"]));
        Assert.Equal(run, sent["Plumbline-Idempotency-Key"]);
        Assert.Equal(MessageSignature.Sign(secret, sent["Plumbline-Timestamp"], sent.Body), sent["Plumbline-Signature"]);
        var body = sent.Json;
        Assert.Equal(
            ("1.0", run, "dev.plumbline.retraining.requested.v1", world.Model),
            (Text(body, "specversion"), Text(body, "id"), Text(body, "type"), Text(body, "subject"))
        );
        Assert.Equal("drift \"of\" amount", Text(body.GetProperty("data"), "reason"));
        var callback = Text(body.GetProperty("data"), "callback_url");

        // Nobody without the secret of this run reports, and nobody about a run that there is not.
        var report = new
        {
            state = "succeeded",
            version = "v2",
            metrics = new { accuracy = 0.93 },
        };
        Assert.Equal(401, (await world.CallBackAsync(callback[..^1] + (callback[^1] == '0' ? '1' : '0'), report)).Status);
        Assert.Equal(401, (await world.CallBackAsync(callback.Split('?')[0], report)).Status);
        Assert.Equal(404, (await world.CallBackAsync(callback.Replace(run, "rt-0", StringComparison.Ordinal), report)).Status);
        Assert.Equal(400, (await world.CallBackAsync(callback, new { state = "done" })).Status);
        Assert.Equal("queued", Text(await world.GetAsync(run), "state"));

        Assert.Equal(200, (await world.CallBackAsync(callback, new { state = "running", message = "epoch 1" })).Status);
        Assert.Equal(("running", "epoch 1"), (Text(await world.GetAsync(run), "state"), Text(await world.GetAsync(run), "message")));
        Assert.True((await world.CallBackAsync(callback, report)).Body.GetProperty("changed").GetBoolean());
        var ended = await world.GetAsync(run);
        Assert.Equal(("succeeded", "v2"), (Text(ended, "state"), Text(ended, "version")));
        Assert.Equal(0.93, ended.GetProperty("metrics").GetProperty("accuracy").GetDouble());

        // Again, and a different one: it does not move any more.
        Assert.False((await world.CallBackAsync(callback, report)).Body.GetProperty("changed").GetBoolean());
        await world.CallBackAsync(callback, new { state = "failed", version = "v3" });
        Assert.Equal(ended.ToString(), (await world.GetAsync(run)).ToString());

        var (_, versions) = await world.SendAsync(HttpMethod.Get, $"/v1/models/{world.Model}/versions");
        var declared = Assert.Single(versions.GetProperty("versions").EnumerateArray()).GetProperty("declaration");
        Assert.Equal(("shadow", run), (Text(declared, "stage"), Text(declared, "run")));
    }

    [Fact]
    public async Task GitHub_gets_a_dispatch_and_its_run_is_found_by_its_name()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var title = "";
        var conclusion = "null";
        world.Sink.Answer = async (request, response) =>
        {
            if (request.Method == "POST")
            {
                response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await response.WriteAsync(
                $$"""
                {"workflow_runs":[{"id":1,"display_title":"other","status":"completed","conclusion":"failure"},
                 {"id":7,"display_title":"{{title}}","status":"in_progress","conclusion":{{conclusion}},
                  "html_url":"https://github.example/7"}]}
                """
            );
        };
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "github",
                    repository = "acme/churn",
                    token = "github-token-1",
                    url = world.Url,
                }
            )
        );
        await world.UntilAsync(run, "queued");
        var sent = world.Sink.Requests[0];
        Assert.Equal(("POST", "/repos/acme/churn/dispatches"), (sent.Method, sent.Path));
        Assert.Equal(
            ("application/vnd.github+json", "Bearer github-token-1", "2022-11-28", true),
            (sent["Accept"], sent["Authorization"], sent["X-GitHub-Api-Version"], sent["User-Agent"].Length > 0)
        );
        Assert.Equal("plumbline-retrain", Text(sent.Json, "event_type"));
        var payload = sent.Json.GetProperty("client_payload");
        Assert.True(payload.EnumerateObject().Count() <= 10);
        Assert.Equal((run, world.Model), (Text(payload, "run"), Text(payload, "model")));

        title = $"retrain {run}";
        await world.UntilAsync(run, "running");
        conclusion = "\"success\"";
        var ended = await world.UntilAsync(run, "succeeded");
        Assert.Equal("https://github.example/7", Text(ended, "message"));
    }

    [Fact]
    public async Task GitHub_is_looked_through_before_a_dispatch_is_repeated()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        // The first is taken, and its answer is lost.
        world.Sink.Answer = (request, response) =>
        {
            if (request.Method == "POST")
            {
                response.HttpContext.Abort();
                return Task.CompletedTask;
            }

            var run = Text(world.Sink.Requests[0].Json.GetProperty("client_payload"), "run");
            return response.WriteAsync($$"""{"workflow_runs":[{"id":7,"display_title":"{{run}}","status":"queued","conclusion":null}]}""");
        };
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "github",
                    repository = "acme/churn",
                    token = "github-token-1",
                    url = world.Url,
                }
            )
        );
        var taken = await world.UntilAsync(run, "queued");
        Assert.Equal((2, "7"), (taken.GetProperty("attempts").GetInt32(), Text(taken, "remote_id")));
        Assert.Single(world.Sink.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task Airflow_2_gets_a_run_of_its_dag_without_a_logical_date()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var state = "queued";
        world.Sink.Answer = (request, response) =>
            request.Path.EndsWith("/train", StringComparison.Ordinal)
                ? response.WriteAsync("""{"dag_id":"train","is_paused":true}""")
                : response.WriteAsync($$"""{"dag_run_id":"x","state":"{{state}}"}""");
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "airflow2",
                    url = world.Url + "/",
                    dag = "train",
                    username = "plumb",
                    password = "line",
                }
            )
        );
        var queued = await world.UntilAsync(run, "queued");
        var sent = world.Sink.Requests[0];
        Assert.Equal(("POST", "/api/v1/dags/train/dagRuns"), (sent.Method, sent.Path));
        Assert.Equal("Basic " + Convert.ToBase64String("plumb:line"u8), sent["Authorization"]);
        Assert.Equal(["dag_run_id", "conf", "note"], sent.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(($"plumbline__{run}", world.Model), (Text(sent.Json, "dag_run_id"), Text(sent.Json.GetProperty("conf"), "model")));
        Assert.Contains("paused", Text(queued, "message"), StringComparison.Ordinal);
        state = "success";
        await world.UntilAsync(run, "succeeded");
        Assert.Equal($"/api/v1/dags/train/dagRuns/plumbline__{run}", world.Sink.Requests[^1].Path);
    }

    [Fact]
    public async Task Airflow_3_gets_a_token_and_a_logical_date_of_null()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        world.Sink.Answer = (request, response) =>
        {
            if (request.Path == "/auth/token")
            {
                response.StatusCode = StatusCodes.Status201Created;
                return response.WriteAsync("""{"access_token":"jwt-of-airflow"}""");
            }

            return response.WriteAsync(
                request.Method == "GET" && request.Path.Contains("/dagRuns/", StringComparison.Ordinal)
                    ? """{"state":"failed"}"""
                    : """{"state":"queued","is_paused":false}"""
            );
        };
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "airflow3",
                    url = world.Url,
                    dag = "train",
                    username = "plumb",
                    password = "line",
                }
            )
        );
        await world.UntilAsync(run, "failed");
        var (token, sent) = (world.Sink.Requests[0], world.Sink.Requests[1]);
        Assert.Equal("""{"username":"plumb","password":"line"}""", token.Text);
        Assert.Equal(("POST", "/api/v2/dags/train/dagRuns", "Bearer jwt-of-airflow"), (sent.Method, sent.Path, sent["Authorization"]));
        Assert.Equal(["dag_run_id", "conf", "note", "logical_date"], sent.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.Null, sent.Json.GetProperty("logical_date").ValueKind);
    }

    [Fact]
    public async Task SageMaker_gets_a_signed_start_of_its_pipeline()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        world.Sink.Answer = (request, response) =>
            response.WriteAsync(
                request["X-Amz-Target"] == "SageMaker.StartPipelineExecution"
                    ? """{"PipelineExecutionArn":"arn:aws:sagemaker:eu-central-1:1:pipeline/train/execution/abc"}"""
                    : """{"PipelineExecutionStatus":"Succeeded"}"""
            );
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "sagemaker",
                    region = "eu-central-1",
                    pipeline = "train",
                    access_key_id = "AKIDEXAMPLE",
                    secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    parameters = new { model = "{{model}}", why = "{{reason}}" },
                    url = world.Url + "/",
                }
            )
        );
        var ended = await world.UntilAsync(run, "succeeded");
        Assert.Equal("arn:aws:sagemaker:eu-central-1:1:pipeline/train/execution/abc", Text(ended, "remote_id"));
        var sent = world.Sink.Requests[0];
        Assert.Equal("application/x-amz-json-1.1", sent["Content-Type"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", sent["Authorization"], StringComparison.Ordinal);
        Assert.Contains(
            "/eu-central-1/sagemaker/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=",
            sent["Authorization"],
            StringComparison.Ordinal
        );
        Assert.InRange(Text(sent.Json, "ClientRequestToken").Length, 32, 128);
        Assert.Contains(run, Text(sent.Json, "ClientRequestToken"), StringComparison.Ordinal);
        Assert.Equal(
            [("model", world.Model), ("why", "drift \"of\" amount")],
            sent.Json.GetProperty("PipelineParameters").EnumerateArray().Select(one => (Text(one, "Name"), Text(one, "Value")))
        );
        Assert.Equal(
            """{"PipelineExecutionArn":"arn:aws:sagemaker:eu-central-1:1:pipeline/train/execution/abc"}""",
            world.Sink.Requests[^1].Text
        );
    }

    // The example of the documentation of AWS: a list of users of IAM.
    [Fact]
    public void The_signature_is_that_of_the_published_example()
    {
        var headers = AwsSignature.Headers(
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null),
            ("us-east-1", "iam"),
            "GET",
            new Uri("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
            [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            [],
            new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero)
        );
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            headers.Single(header => header.Name == "Authorization").Value
        );
    }

    [Fact]
    public async Task A_template_is_filled_and_its_run_asked_for()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var phase = "Pending";
        world.Sink.Answer = (request, response) =>
            response.WriteAsync(
                request.Method == "GET"
                    ? $$$"""{"status":{"phase":"{{{phase}}}","outputs":[{"value":"v9"}]}}"""
                    : """{"metadata":{"name":"churn-x1"}}"""
            );
        var run = await world.RunAsync(
            await world.TargetAsync(
                new
                {
                    kind = "http",
                    url = world.Url + "/api/v1/workflows/ml/submit",
                    authorization = "Bearer service-account",
                    headers = "Accept: application/json\nX-Run: {{run}}",
                    body = new
                    {
                        resourceKind = "WorkflowTemplate",
                        submitOptions = new { parameters = new[] { "model={{model}}", "why={{reason}}" } },
                    },
                    run_path = "metadata.name",
                    poll_url = world.Url + "/api/v1/workflows/ml/{{remote_id}}",
                    state_path = "status.phase",
                    version_path = "status.outputs.0.value",
                }
            )
        );
        await world.UntilAsync(run, "queued");
        var sent = world.Sink.Requests[0];
        Assert.Equal(("POST", "/api/v1/workflows/ml/submit"), (sent.Method, sent.Path));
        Assert.Equal(("Bearer service-account", run, "application/json"), (sent["Authorization"], sent["X-Run"], sent["Accept"]));
        Assert.Equal(
            [$"model={world.Model}", "why=drift \"of\" amount"],
            sent.Json.GetProperty("submitOptions").GetProperty("parameters").EnumerateArray().Select(one => one.GetString())
        );
        phase = "Succeeded";
        var ended = await world.UntilAsync(run, "succeeded");
        Assert.Equal(("churn-x1", "v9"), (Text(ended, "remote_id"), Text(ended, "version")));
        Assert.Equal("/api/v1/workflows/ml/churn-x1", world.Sink.Requests[^1].Path);
    }

    [Fact]
    public async Task MLflow_gets_tags_and_the_version_with_ours_is_what_came_of_it()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var versions = "[]";
        world.Sink.Answer = (request, response) =>
            response.WriteAsync(request.Method == "GET" ? $$$"""{"model_versions":{{{versions}}}}""" : "{}");
        var run = await world.RunAsync(await world.TargetAsync(new { kind = "mlflow", url = world.Url }));
        await world.UntilAsync(run, "queued");
        var tags = world.Sink.Requests.Where(request => request.Method == "POST").ToList();
        Assert.All(tags, tag => Assert.Equal("/api/2.0/mlflow/registered-models/set-tag", tag.Path));
        Assert.Equal(["plumbline.retraining", "plumbline.run"], tags.Select(tag => Text(tag.Json, "key")));
        Assert.All(tags, tag => Assert.Equal(world.Model, Text(tag.Json, "name")));
        Assert.DoesNotContain("token", tags[0].Text, StringComparison.Ordinal);
        versions = $$"""
            [{"version":"3","status":"READY","tags":[{"key":"plumbline.run","value":"rt-other"}]},
             {"version":"4","status":"READY","tags":[{"key":"plumbline.run","value":"{{run}}"}]}]
            """;
        Assert.Equal("4", Text(await world.UntilAsync(run, "succeeded"), "version"));
    }

    private static string Text(JsonElement at, string name) => at.GetProperty(name).GetString() ?? "";
}
