using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Registry.Outbound;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>
/// The one HTTP client for receivers. It goes where it was told and nowhere else: no redirects, no proxy, no cookies; every call has a time
/// limit and what is answered is read (at most 16 KiB, so that the connection can be used again) and thrown away: a receiver must not be a
/// way to look at what stands behind an address of this network.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public OutboundHttp(DeliveryOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = MaxAnswerBytes,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = async (context, cancellation) =>
                new System.Net.Sockets.NetworkStream(
                    await OutboundAddress.ConnectAsync(context.DnsEndPoint, options.AllowLinkLocal, cancellation),
                    ownsSocket: true
                ),
        };
        // The time limit is ours, so that it also covers reading the answer.
        _http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// One POST of JSON. 2xx is delivered; 400, 413 and 422 refuse the message for good; everything else may be tried again.
    /// </summary>
    public async Task<SendOutcome> PostAsync(
        Receiver receiver,
        Uri address,
        byte[] json,
        IEnumerable<(string Name, string Value)> headers,
        CancellationToken cancellation
    )
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Plumbline", "1"));
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await DrainAsync(response, both.Token);
            return Evaluate(response);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new SendOutcome(SendVerdict.Retry, $"no answer within {_options.Timeout.TotalSeconds:0.#} s", IsUnreachable: true);
        }
        catch (HttpRequestException failure)
        {
            return new SendOutcome(
                SendVerdict.Retry,
                receiver.Redact(
                    failure.InnerException is OutboundRefusedException or System.Security.Authentication.AuthenticationException
                        ? failure.InnerException.Message
                        : failure.Message
                ),
                IsUnreachable: true
            );
        }
        catch (IOException failure)
        {
            return new SendOutcome(SendVerdict.Retry, receiver.Redact($"the connection broke: {failure.Message}"), IsUnreachable: true);
        }
    }

    public void Dispose() => _http.Dispose();

    private SendOutcome Evaluate(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return SendOutcome.Delivered;
        var status = (int)response.StatusCode;
        var detail = status is >= 300 and < 400
            ? $"it answered {status}: redirects are not followed, give the final address"
            : $"it answered {status} {ReasonPhrases.GetReasonPhrase(status)}".TrimEnd();
        return
            response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity
            ? new SendOutcome(SendVerdict.Refused, detail)
            : new SendOutcome(
                SendVerdict.Retry,
                detail,
                RetryAfter(response),
                IsUnreachable: response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            );
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return wait <= TimeSpan.Zero ? null
            : wait < LongestRetryAfter ? wait
            : LongestRetryAfter;
    }

    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxAnswerBytes];
        _ = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
    }
}
