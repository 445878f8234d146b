using System.Net;
using System.Net.Http.Headers;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Registry.Outbound;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>
/// The one HTTP client for what is sent to others. It goes where it was told and nowhere else: no redirects, no proxy, no cookies; every
/// call has a time limit. What a receiver answers is read (at most 16 KiB, so that the connection can be used again) and thrown away: it
/// must not be a way to look at what stands behind an address of this network.
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
        var handler = OutboundSockets.Handler(options.AllowLinkLocal);
        handler.MaxResponseHeadersLength = 16;
        handler.MaxResponseDrainSize = MaxAnswerBytes;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
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
        var call = new OutboundCall(HttpMethod.Post, address) { Body = json, Headers = headers };
        return Evaluate(await CallAsync(call, receiver.Redact, MaxAnswerBytes, cancellation));
    }

    /// <summary>One request, whatever is answered.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="redact">Takes secrets out of what went wrong.</param>
    /// <param name="maxAnswerBytes">What is read of the answer; the rest of a longer one is not.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public async Task<OutboundAnswer> CallAsync(
        OutboundCall call,
        Func<string, string> redact,
        int maxAnswerBytes,
        CancellationToken cancellation
    )
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(call.Method, call.Address);
            if (call.Body is { } body)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(call.ContentType);
            }

            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Plumbline", "1"));
            foreach (var (name, value) in call.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var read = await ReadAsync(response, maxAnswerBytes, both.Token);
            return new OutboundAnswer(response.StatusCode, read) { RetryAfter = RetryAfter(response) };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return OutboundAnswer.None($"no answer within {_options.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException failure)
        {
            return OutboundAnswer.None(
                redact(
                    failure.InnerException is OutboundRefusedException or System.Security.Authentication.AuthenticationException
                        ? failure.InnerException.Message
                        : failure.Message
                )
            );
        }
        catch (IOException failure)
        {
            return OutboundAnswer.None(redact($"the connection broke: {failure.Message}"));
        }
    }

    public void Dispose() => _http.Dispose();

    private static SendOutcome Evaluate(OutboundAnswer answer)
    {
        if (answer.IsSuccess)
            return SendOutcome.Delivered;
        return answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity
            ? new SendOutcome(SendVerdict.Refused, answer.Problem)
            : new SendOutcome(
                SendVerdict.Retry,
                answer.Problem,
                answer.RetryAfter,
                IsUnreachable: answer.Status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
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

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[most];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return buffer[..read];
    }
}
