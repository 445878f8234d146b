using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>/v1/accounts and /v1/keys.</summary>
internal static class AccountEndpoints
{
    public static void MapAccountsAndKeys(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/v1/accounts").WithTags("Accounts");
        accounts
            .MapGet("", (AccountStore store) => TypedResults.Ok(new { accounts = store.All.Select(AccountView.Of) }))
            .RequireRole(ApiRole.Admin);
        accounts.MapPost("", AddAsync).Runs(AccountCommands.Add);
        accounts.MapPatch("{account}", ChangeAsync).Runs(AccountCommands.Change);
        accounts.MapDelete("{account}", RemoveAsync).Runs(AccountCommands.Remove);
        var keys = routes.MapGroup("/v1/keys").WithTags("Accounts");
        keys.MapGet("", (ApiKeyCatalog catalog, TimeProvider time) => TypedResults.Ok(new { keys = Views(catalog, time) }))
            .RequireRole(ApiRole.Admin);
        keys.MapPost("", MakeAsync).Runs(AccountCommands.MakeKey);
        keys.MapDelete("{key}", RevokeAsync).Runs(AccountCommands.RevokeKey);
    }

    private static async Task<IResult> AddAsync(HttpContext context, AccountStore store, CancellationToken cancellation)
    {
        var (given, problem) = await AccountBody.ReadAsync<AccountSpecification>(context.Request, cancellation);
        if (problem is not null)
            return problem;
        var outcome = await store.AddAsync(given!, Actor.Of(context).Name, cancellation);
        return outcome.Value is { } account
            ? TypedResults.Created($"/v1/accounts/{Uri.EscapeDataString(account.Name)}", AccountView.Of(account))
            : Refuse("account_invalid", "The account was not made; see errors.", outcome.Errors, outcome.Conflict);
    }

    private static async Task<IResult> ChangeAsync(string account, HttpContext context, AccountStore store, CancellationToken cancellation)
    {
        var (change, problem) = await AccountBody.ReadAsync<AccountChange>(context.Request, cancellation);
        if (problem is not null)
            return problem;
        if (await store.ChangeAsync(account, change!, Actor.Of(context).Name, cancellation) is not { } outcome)
            return UnknownAccount(account);
        return outcome.Value is { } changed
            ? TypedResults.Ok(AccountView.Of(changed))
            : Refuse("account_invalid", "The account was not changed; see errors.", outcome.Errors, outcome.Conflict);
    }

    private static async Task<IResult> RemoveAsync(string account, HttpContext context, AccountStore store, CancellationToken cancellation)
    {
        if (await store.RemoveAsync(account, Actor.Of(context).Name, cancellation) is not { } outcome)
            return UnknownAccount(account);
        return outcome.IsDone ? TypedResults.NoContent() : Problems.Conflict(outcome.Conflict!.Code, outcome.Conflict.Reason);
    }

    private static async Task<IResult> MakeAsync(
        HttpContext context,
        ApiKeyCatalog catalog,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (given, problem) = await AccountBody.ReadAsync<KeySpecification>(context.Request, cancellation);
        if (problem is not null)
            return problem;
        var outcome = await catalog.MakeAsync(given!, Actor.Of(context).Name, cancellation);
        return outcome.Value is { } made
            ? TypedResults.Created(
                $"/v1/keys/{Uri.EscapeDataString(made.Declared.Name)}",
                KeyView.Of(made.Declared, time.GetUtcNow()) with
                {
                    Key = made.Key,
                }
            )
            : Refuse("key_invalid", "The key was not made; see errors.", outcome.Errors, outcome.Conflict);
    }

    private static async Task<IResult> RevokeAsync(string key, HttpContext context, ApiKeyCatalog catalog, CancellationToken cancellation)
    {
        if (await catalog.RevokeAsync(key, Actor.Of(context).Name, cancellation) is not { } outcome)
            return Problems.NotFound("unknown_key", $"There is no key '{Problems.Shorten(key)}'. GET /v1/keys lists them.");
        return outcome.IsDone ? TypedResults.NoContent() : Problems.Conflict(outcome.Conflict!.Code, outcome.Conflict.Reason);
    }

    private static IEnumerable<KeyView> Views(ApiKeyCatalog catalog, TimeProvider time) =>
        catalog.All.Select(key => KeyView.Of(key, time.GetUtcNow()));

    private static IResult Refuse(string code, string detail, IReadOnlyList<FieldError> errors, Obstacle? conflict) =>
        conflict is null ? Problems.Invalid(code, detail, errors) : Problems.Conflict(conflict.Code, conflict.Reason);

    private static IResult UnknownAccount(string account) =>
        Problems.NotFound("unknown_account", $"There is no account '{Problems.Shorten(account)}'. GET /v1/accounts lists them.");
}
