using System.Collections.Immutable;
using System.Net;
using System.Security.Claims;

namespace Plumbline.Registry.Access;

/// <summary>Who does something: who signed in with an account, the holder of a key, or whoever reaches an open server.</summary>
/// <param name="Name">The account's sign-in name, or the key's; "open" where nobody need sign in; "unknown" where nobody did.</param>
/// <param name="Role">What they may do; null: nothing.</param>
/// <param name="Models">Models that they are bound to; empty for all.</param>
/// <param name="Address">Where from; null where it is not known, as on a page.</param>
public sealed record Actor(string Name, ApiRole? Role, ImmutableArray<string> Models, IPAddress? Address)
{
    /// <summary>Who is signed in.</summary>
    public static Actor Of(ClaimsPrincipal user, IPAddress? address = null) =>
        new(
            user.Identity?.Name ?? "unknown",
            ApiRoles.TryParse(user.FindFirst(ApiKeyAuthentication.RoleClaim)?.Value, out var role) ? role : null,
            [.. user.FindAll(ApiKeyAuthentication.ModelClaim).Select(claim => claim.Value)],
            address
        );

    /// <summary>The caller of an endpoint.</summary>
    public static Actor Of(HttpContext context) => Of(context.User, context.Connection.RemoteIpAddress);

    /// <summary>
    /// Whether this actor may do what needs a role, to a model or (null) to what belongs to no model. A key that is bound to models may do
    /// nothing to others, nor to what is of all of them.
    /// </summary>
    public bool May(ApiRole needed, string? model) =>
        Role is { } held
        && ApiRoles.Grants(held, needed)
        && (Models.IsEmpty || (model is not null && Models.Contains(model, StringComparer.Ordinal)));

    /// <summary>
    /// Whether this actor may see a page that needs a role. Pages show all models, so who is bound to some sees none, but for those who
    /// review: what they are asked is chosen by their models.
    /// </summary>
    public bool MaySee(ApiRole needed) =>
        Role is { } held && ApiRoles.Grants(held, needed) && (Models.IsEmpty || (held is ApiRole.Annotate && needed is ApiRole.Annotate));

    /// <summary>Whether there is any page for this actor.</summary>
    public bool MaySeeAny => MaySee(ApiRole.Read) || MaySee(ApiRole.Annotate);
}
