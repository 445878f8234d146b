using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Access;

/// <summary>
/// Keeps web pages of others out, before anything else is asked: a page that has rebound a name to this machine is known by its Host, a
/// page of another site by Origin and Sec-Fetch-Site, and a body that a form could have sent by its media type. A server that runs open has
/// no other defence against what its user's own browser is made to send.
/// </summary>
internal sealed class RequestGate(RequestDelegate next, AllowedHosts hosts, AccessCounters counters)
{
    private const string HubPath = "/_blazor";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!hosts.Allows(request.Host))
            return RefuseHostAsync(context);
        var isHub = request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase);
        if (!isHub && IsRead(request.Method))
            return next(context);
        if (!IsOwn(request))
            return RefuseOriginAsync(context);
        if (isHub || !HasBody(request) || IsDeclared(context))
            return next(context);
        return RefuseTypeAsync(context);
    }

    private static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private bool IsOwn(HttpRequest request)
    {
        var sites = request.Headers["Sec-Fetch-Site"];
        // "none" is a person who typed the address; every other word names a page, and only our own may write.
        if (sites.Any(site => site is not ("same-origin" or "none")))
            return false;
        return request.Headers.Origin.All(origin => hosts.IsOwnOrigin(origin, request.Host));
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength != 0 && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    private static bool IsDeclared(HttpContext context)
    {
        var declared = context.GetEndpoint()?.Metadata.GetMetadata<BodyTypes>();
        var contentType = context.Request.ContentType;
        if (string.IsNullOrEmpty(contentType))
            return !IsBrowser(context.Request);
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            return declared is { ChecksItself: true } && !IsBrowser(context.Request);
        var name = type.MediaType.Value!;
        // What curl says when it is told nothing. A browser's form says it too, but never without Origin.
        if (name.Equals(BodyTypes.Form, StringComparison.OrdinalIgnoreCase) && !IsBrowser(context.Request))
            return true;
        if (declared is not null && declared.Takes(name))
            return true;
        if (declared is { ChecksItself: true } && !BodyTypes.CanBeAForm(name))
            return true;
        return declared is not { JsonToo: false } && BodyTypes.IsJson(name);
    }

    private static bool IsBrowser(HttpRequest request) =>
        request.Headers.Origin.Count > 0
        || request.Headers.Keys.Any(name => name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase));

    private Task RefuseHostAsync(HttpContext context)
    {
        counters.CountHost();
        return Problems
            .Make(
                StatusCodes.Status421MisdirectedRequest,
                "This server does not go by that name",
                "host_not_allowed",
                $"'{Problems.Shorten(context.Request.Host.Value ?? "")}' is not a name of this server. It answers to localhost, "
                    + "to the host of public_url and to the names of access.hosts in its configuration."
            )
            .ExecuteAsync(context);
    }

    private Task RefuseOriginAsync(HttpContext context)
    {
        counters.CountOrigin();
        return Problems
            .Make(
                StatusCodes.Status403Forbidden,
                "A page of another site may not do this",
                "origin_not_allowed",
                "The request comes from a web page that is not of this server (Origin, Sec-Fetch-Site). Behind a proxy, "
                    + "set public_url to the address that people use."
            )
            .ExecuteAsync(context);
    }

    private Task RefuseTypeAsync(HttpContext context)
    {
        counters.CountBodyType();
        var declared = context.GetEndpoint()?.Metadata.GetMetadata<BodyTypes>();
        var taken = declared is null
            ? BodyTypes.Json
            : string.Join(", ", declared.Names.Prepend(BodyTypes.Json).Distinct(StringComparer.Ordinal));
        return Problems
            .Make(
                StatusCodes.Status415UnsupportedMediaType,
                "The body's form is not taken",
                declared?.Code ?? "unsupported_media_type",
                $"The content type '{Problems.Shorten(context.Request.ContentType ?? "")}' is not taken; send {taken}."
            )
            .ExecuteAsync(context);
    }
}
