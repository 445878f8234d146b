using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Exposition;

/// <summary>What the server measures of itself, sent by OTLP: by a process of its own, to a real HTTP server.</summary>
public sealed partial class OtlpTests
{
    [Fact]
    public async Task Metrics_and_traces_arrive_with_the_headers_and_a_refusal_is_said()
    {
        await using var sink = await HttpSink.StartAsync();
        var folder = Directory.CreateTempSubdirectory("plumbline-otlp-").FullName;
        try
        {
            using var server = PlumblineProcess.Start(
                ["serve", "--data", Path.Combine(folder, "data"), "--urls", "http://127.0.0.1:0"],
                start =>
                {
                    start.Environment["PLUMBLINE__TELEMETRY__OTLP_ENDPOINT"] = $"http://127.0.0.1:{sink.Port}/base/";
                    start.Environment["PLUMBLINE__TELEMETRY__OTLP_HEADERS"] = "Authorization=pylf_v1_token, x-tenant=seven=7";
                    start.Environment["PLUMBLINE__TELEMETRY__OTLP_INTERVAL"] = "1s";
                    start.Environment["PLUMBLINE__TELEMETRY__TRACE_SHARE"] = "1";
                    start.Environment["PLUMBLINE__TELEMETRY__SERVICE_NAME"] = "plumbline-of-a-test";
                }
            );
            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await server.ReadyAsync() };
            using var asked = await http.GetAsync("/v1/models");
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
            var metrics = await ArrivesAsync(sink, "/base/v1/metrics", "plumbline.statements");
            var traces = await ArrivesAsync(sink, "/base/v1/traces", "v1/models");
            Assert.All(
                new[] { metrics, traces },
                request =>
                {
                    Assert.Equal("pylf_v1_token", request["Authorization"]);
                    Assert.Equal("seven=7", request["x-tenant"]);
                    Assert.Equal("application/x-protobuf", request["Content-Type"]);
                    Assert.Contains("plumbline-of-a-test", request.Text, StringComparison.Ordinal);
                }
            );

            sink.Answer = (_, response) =>
            {
                response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
            await server.SaysAsync(RefusalLine(), TimeSpan.FromSeconds(30));
            Assert.DoesNotContain("pylf_v1_token", server.Said, StringComparison.Ordinal);
            Assert.Matches("plumbline_otlp_export_failures_total [1-9]", await http.GetStringAsync("/metrics"));
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SunkRequest> ArrivesAsync(HttpSink sink, string path, string text)
    {
        for (var i = 0; i < 300; i++)
        {
            var found = sink.Requests.FirstOrDefault(request =>
                request.Path == path && request.Text.Contains(text, StringComparison.Ordinal)
            );
            if (found is not null)
                return found;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Fail($"{path} with {text} did not come in 30 s: {string.Join(", ", sink.Requests.Select(request => request.Path))}");
        return null!;
    }

    [GeneratedRegex("not taken by 127.0.0.1: it answered 403", RegexOptions.NonBacktracking)]
    private static partial Regex RefusalLine();
}
