using Plumbline.Exposition.Scraping;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition.Otlp;

/// <summary>
/// The way to what takes OTLP: connects to allowed addresses only, adds the headers, and tells what does not get through. The exporters
/// by themselves lose a message without a word.
/// </summary>
internal sealed class OtlpChannel(
    TelemetryOptions options,
    bool allowLinkLocal,
    ExpositionInstruments instruments,
    FailureLog failures,
    ILogger<OtlpChannel> log
)
{
    private WorkInstrument Exports => instruments.Export;

    /// <summary>A client that has the headers.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient(new Told(this, OutboundSockets.Handler(allowLinkLocal))) { Timeout = options.OtlpTimeout };
        options.TryReadHeaders(out var headers);
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return client;
    }

    private void Failed(string reason)
    {
        if (failures.IsDue("otlp"))
            log.NotExported(options.OtlpEndpoint!.Host, reason);
    }

    private sealed class Told(OtlpChannel channel, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        // The exporters wait on threads of their own.
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            SendAsync(request, cancellationToken).GetAwaiter().GetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var run = channel.Exports.Start(request.RequestUri!.Host);
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    var reason = $"it answered {(int)response.StatusCode}";
                    run.Failed(((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), reason);
                    channel.Failed(reason);
                }

                return response;
            }
            catch (Exception error) when (error is HttpRequestException or OutboundRefusedException or OperationCanceledException)
            {
                run.Failed(error);
                channel.Failed(error.Message);
                throw;
            }
        }
    }
}
