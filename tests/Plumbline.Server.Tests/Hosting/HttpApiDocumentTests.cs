using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Plumbline.Events;
using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Hosting;

/// <summary>
/// docs/http-api.md names every endpoint of the running server with its role, and no other; limits and codes are those of the program.
/// </summary>
public sealed partial class HttpApiDocumentTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "http-api.md"));

    [Fact]
    public void Every_endpoint_is_described_and_nothing_else()
    {
        var served = host.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                PatternOf(endpoint) is var path
                && (
                    path.StartsWith("/v1/", StringComparison.Ordinal)
                    || path is "/healthz" or "/readyz" or "/metrics"
                    || path.StartsWith("/openapi/", StringComparison.Ordinal)
                )
            )
            .SelectMany(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {PatternOf(endpoint)}")
            )
            .Distinct()
            .Order(StringComparer.Ordinal);
        var described = Heading().Matches(Document).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(served, described);
    }

    [Fact]
    public void Every_endpoint_s_role_is_the_described_one()
    {
        foreach (
            var endpoint in host.Get<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => PatternOf(endpoint).StartsWith("/v1/", StringComparison.Ordinal))
        )
        {
            var role = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()[^1].Policy!;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                Assert.Contains(
                    $"### {method} {PatternOf(endpoint)}\n\nRole `{role.ToLowerInvariant()}`",
                    Document,
                    StringComparison.Ordinal
                );
            }
        }
    }

    [Fact]
    public void Every_code_of_a_rejected_row_is_listed()
    {
        var codes = typeof(RejectionCode).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.Contains($"`{code}`", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void Limits_are_the_program_s()
    {
        var limits = new EventLimits();
        string[] sentences =
        [
            $"names of models 1..{ModelLimits.MaxNameLength}",
            $"feature names 1..{ModelLimits.MaxFeatureNameLength}",
            $"{ModelLimits.MaxFeatures:N0} features, {ModelLimits.MaxClasses:N0} classes and {ModelLimits.MaxSegments} segments",
            $"{ModelLimits.MaxModels:N0} models",
            $"{limits.BodyBytes >> 20} MiB per object or array body after decompression (`ingestion.max_body_mib`) and "
                + $"{limits.RowsPerBody:N0} rows, {limits.StreamBytes >> 30} GiB per NDJSON body, {limits.LineBytes >> 20} MiB per line",
            $"ids {limits.IdBytes} bytes",
            $"trace\nid and signal name {limits.WordBytes}",
            $"class {limits.ClassBytes}",
            $"text of one feature {limits.TextBytes:N0}",
            $"`metadata` {limits.MetadataBytes:N0}",
            $"nesting {limits.JsonDepth}",
            $"the first {limits.RejectionsListed} are listed",
            $"1..{PredictionSearch.MaxLimit}, default {PredictionSearch.DefaultLimit}",
            $"({PredictionSearch.MaxColumns} at most); default the first {PredictionSearch.DefaultColumns}",
            $"({PredictionSearch.MaxConditions} at most)",
            $"(2..{PredictionQueries.MaxBuckets}, default 60)",
        ];
        Assert.All(sentences, sentence => Assert.Contains(sentence, Document, StringComparison.Ordinal));
    }

    private static string PatternOf(RouteEndpoint endpoint) =>
        "/" + (endpoint.RoutePattern.RawText ?? "").Trim('/').Replace("{**predictionId}", "{prediction_id}", StringComparison.Ordinal);

    [GeneratedRegex(@"^### ((?:GET|PUT|POST|PATCH|DELETE) /\S+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Heading();
}
