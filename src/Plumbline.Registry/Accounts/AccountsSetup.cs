using Plumbline.Registry.Access;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Registry.Accounts;

/// <summary>Accounts of people and the API keys that are made while the server runs.</summary>
public static class AccountsSetup
{
    /// <summary>Everybody is known before anybody is answered: call it after the state is prepared.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) =>
        services
            .AddSingleton<AccountStore>()
            .AddSingleton<ApiKeyCatalog>()
            .AddSingleton<PasswordSignIn>()
            .AddSingleton<WhoIsKnown>()
            .AddHostedService<Start>();

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapAccountsAndKeys();
    }

    private sealed class Start(WhoIsKnown known) : StartupStep
    {
        public override Task StartingAsync(CancellationToken cancellationToken) => known.EnsureAsync(cancellationToken);
    }
}

/// <summary>Reads who is known, once, and refuses to go on where nobody is and other machines could reach the server.</summary>
public sealed class WhoIsKnown(AccountStore accounts, ApiKeyCatalog made, KeyStore keys, InstanceOptions instance)
{
    private Task? _done;

    /// <summary>Does it at the first call; the state must be prepared.</summary>
    /// <exception cref="NobodyKnownException">The server would run open on an address that other machines can reach.</exception>
    public Task EnsureAsync(CancellationToken cancellation) => _done ??= ReadAsync(cancellation);

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await accounts.LoadAsync(cancellation);
        await made.LoadAsync(cancellation);
        if (keys.IsEmpty && !ListenAddresses.AllLoopback(instance.Urls))
            throw new NobodyKnownException(instance.Urls);
    }
}

/// <summary>Other machines could reach this server, and it would ask nobody who they are.</summary>
public sealed class NobodyKnownException(string urls) : Exception(Tell(urls))
{
    /// <summary>What is wrong and what to do.</summary>
    public static string Tell(string urls) =>
        $"urls: '{urls}' is reachable from other machines, but there is no account and no API key is configured (access.keys). "
        + "Make an account with `plumbline account add NAME --role admin` or configure a key, or listen on 127.0.0.1.";
}
