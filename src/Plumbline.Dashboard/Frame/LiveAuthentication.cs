using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Frame;

/// <summary>
/// Who is signed in on an open page, asked again whenever keys or accounts change: a cookie is looked at with each request, and an open
/// page makes none.
/// </summary>
internal sealed class LiveAuthentication : ServerAuthenticationStateProvider, IDisposable
{
    private static readonly AuthenticationState Nobody = new(new ClaimsPrincipal(new ClaimsIdentity()));
    private readonly KeyStore _keys;
    private readonly ILogger<LiveAuthentication> _log;

    public LiveAuthentication(KeyStore keys, ILogger<LiveAuthentication> log)
    {
        (_keys, _log) = (keys, log);
        keys.Changed += OnChanged;
    }

    /// <inheritdoc/>
    public void Dispose() => _keys.Changed -= OnChanged;

    private void OnChanged(object? sender, EventArgs change) => _ = AskAgainAsync();

    private async Task AskAgainAsync()
    {
        try
        {
            var user = (await GetAuthenticationStateAsync()).User;
            if (user.Identity?.IsAuthenticated == true && !_keys.IsStill(user))
                SetAuthenticationState(Task.FromResult(Nobody));
        }
        catch (InvalidOperationException failure)
        {
            // Of a page that is not known who it is for yet, or no more: its next request is asked.
            _log.NotAskedAgain(failure);
        }
    }
}
