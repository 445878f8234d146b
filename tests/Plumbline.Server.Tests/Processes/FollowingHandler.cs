namespace Plumbline.Server.Tests.Processes;

/// <summary>Sends requests to where a server listens now: one that was started again listens elsewhere.</summary>
/// <param name="address">Where it listens; null while it does not run.</param>
internal sealed class FollowingHandler(Func<Uri?> address) : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>Stands for the server in the addresses of requests.</summary>
    public static readonly Uri Anywhere = new("http://server.invalid/");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(
            address() ?? throw new HttpRequestException("The server does not run now."),
            request.RequestUri!.PathAndQuery
        );
        return base.SendAsync(request, cancellationToken);
    }
}
