using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.State;
using Plumbline.Server.Tests.Alerting.Delivery;
using Plumbline.Server.Tests.State;

namespace Plumbline.Server.Tests.Access;

/// <summary>Accounts and made keys on both databases, by a clock that the test moves.</summary>
[Collection(StateCollection.Name)]
public sealed class AccountStoreTests(StateDatabases databases)
{
    private const string Password = "a long enough one";
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task An_account_signs_in_is_changed_and_is_the_same_after_a_restart(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        using var people = await PeopleAsync(world);
        Assert.True(people.Known.IsEmpty);
        var anna = (await people.AddAsync("Anna", "admin")).Value!;
        Assert.False(people.Known.IsEmpty);
        Assert.Equal(("Anna", "Anna", ApiRole.Admin, true, "test"), (anna.Name, anna.DisplayName, anna.Role, anna.Enabled, anna.CreatedBy));
        var ben = (await people.AddAsync("ben@example.com", "annotate", "churn", "fraud")).Value!;
        Assert.Equal("name_taken", (await people.AddAsync("ANNA", "read")).Conflict!.Code);

        var who = await people.SignInAsync("anna", Password);
        Assert.Equal("Anna", who!.Identity!.Name);
        Assert.Null(await people.SignInAsync("anna", Password + "."));
        Assert.Null(await people.SignInAsync("nobody", Password));
        var cookie = await people.SignInAsync("BEN@example.com", Password);
        Assert.Equal(["churn", "fraud"], Actor.Of(cookie!).Models);
        Assert.True(people.Known.IsStill(cookie!));
        await using (var db = await world.OpenAsync())
        {
            var row = await db.Accounts.AsNoTracking().SingleAsync(row => row.Key == "ben@example.com");
            Assert.DoesNotContain(Password, row.PasswordHash, StringComparison.Ordinal);
            Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), row.LastSignInMs);
        }

        await using var again = await world.AgainAsync();
        using var later = await PeopleAsync(again);
        Assert.Equal(["Anna", "ben@example.com"], later.Accounts.All.Select(account => account.Name));
        Assert.True(later.Known.IsStill(cookie!));
        Assert.Equal(ben.Models, later.Accounts.Find("ben@example.com")!.Models);
        Assert.NotNull(await later.SignInAsync("anna", Password));
        Assert.True((await later.Accounts.RemoveAsync("Ben@example.com", "test", default))!.IsDone);
        Assert.False(later.Known.IsStill(cookie!));
        Assert.Null(await later.Accounts.RemoveAsync("ben@example.com", "test", default));
    }

    [Theory]
    [InlineData("role")]
    [InlineData("models")]
    [InlineData("password")]
    [InlineData("enabled")]
    [InlineData("display_name")]
    public async Task Whatever_changes_what_an_account_opens_ends_its_cookies(string what)
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        await people.AddAsync("anna", "admin");
        await people.AddAsync("ben", "annotate");
        var cookie = (await people.SignInAsync("ben", Password))!;
        var told = 0;
        people.Known.Changed += (_, _) => told++;
        var change = what switch
        {
            "role" => new AccountChange { Role = "read" },
            "models" => new AccountChange { Models = ["churn"] },
            "password" => new AccountChange { Password = "another long one" },
            "enabled" => new AccountChange { Enabled = false },
            _ => new AccountChange { DisplayName = "Ben B." },
        };
        Assert.True((await people.Accounts.ChangeAsync("ben", change, "test", default))!.IsDone);
        Assert.Equal(what == "display_name", people.Known.IsStill(cookie));
        Assert.True(told > 0);
        Assert.Equal(what is not ("password" or "enabled"), await people.SignInAsync("ben", Password) is not null);
        if (what != "enabled")
            return;
        await people.Accounts.ChangeAsync("ben", new AccountChange { Enabled = true }, "test", default);
        Assert.False(people.Known.IsStill(cookie));
        Assert.NotNull(await people.SignInAsync("ben", Password));
    }

    [Fact]
    public async Task The_last_administrator_stays_and_the_server_never_opens_again()
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        Assert.Contains((await people.AddAsync("ben", "read")).Errors, error => error.Field == "role");
        Assert.Contains((await people.MakeKeyAsync("ci", "ingest")).Errors, error => error.Field == "role");
        Assert.Contains((await people.MakeKeyAsync("ci", "admin", _time.GetUtcNow().AddDays(1))).Errors, error => error.Field == "role");
        await people.AddAsync("anna", "admin");
        await people.MakeKeyAsync("ci", "admin");
        AccountChange[] changes = [new() { Enabled = false }, new() { Role = "operate" }];
        foreach (var change in changes)
            Assert.Equal("last_admin", (await people.Accounts.ChangeAsync("anna", change, "test", default))!.Conflict!.Code);
        Assert.Equal("last_admin", (await people.Accounts.RemoveAsync("anna", "test", default))!.Conflict!.Code);
        await people.AddAsync("cleo", "admin");
        Assert.True((await people.Accounts.ChangeAsync("anna", new AccountChange { Enabled = false }, "test", default))!.IsDone);
        Assert.Equal("last_admin", (await people.Accounts.RemoveAsync("cleo", "test", default))!.Conflict!.Code);
        Assert.True((await people.Accounts.RemoveAsync("anna", "test", default))!.IsDone);

        // Where a key of the configuration file is an administrator's, the last one may go; the server is not open then.
        using var keyed = await PeopleAsync(
            world,
            new ApiKeyOptions
            {
                Name = "owner",
                Role = "admin",
                Sha256 = SecuredServer.Hash("k"),
            }
        );
        Assert.True((await keyed.Accounts.RemoveAsync("cleo", "test", default))!.IsDone);
        Assert.False(keyed.Known.IsEmpty);
        Assert.Equal("key_configured", (await keyed.Keys.RevokeAsync("owner", "test", default))!.Conflict!.Code);
        Assert.Equal("name_taken", (await keyed.AddAsync("owner", "read")).Conflict!.Code);

        // And where it is taken out afterwards, the last key of an administrator stays.
        using var bare = await PeopleAsync(world);
        Assert.False(bare.Known.IsEmpty);
        await bare.MakeKeyAsync("reader", "read");
        Assert.Equal("last_key", (await bare.Keys.RevokeAsync("ci", "test", default))!.Conflict!.Code);
        Assert.True((await bare.Keys.RevokeAsync("reader", "test", default))!.IsDone);
        Assert.Equal("last_key", (await bare.Keys.RevokeAsync("ci", "test", default))!.Conflict!.Code);
        await bare.AddAsync("dora", "admin");
        Assert.True((await bare.Keys.RevokeAsync("ci", "test", default))!.IsDone);
    }

    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task A_key_is_made_known_ended_and_revoked(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        using var people = await PeopleAsync(world);
        await people.AddAsync("anna", "admin");
        Assert.Equal(
            ["name", "role", "expires_at"],
            (await people.MakeKeyAsync("not a name", "king", _time.GetUtcNow())).Errors.Select(error => error.Field)
        );
        var made = (await people.MakeKeyAsync("ci", "ingest", _time.GetUtcNow().AddDays(30))).Value!;
        var (text, other) = (made.Key, (await people.MakeKeyAsync("lasting", "read")).Value!.Key);
        Assert.StartsWith("plk_", text, StringComparison.Ordinal);
        Assert.Equal("name_taken", (await people.MakeKeyAsync("CI", "read")).Conflict!.Code);
        await using (var db = await world.OpenAsync())
            Assert.Equal(SecuredServer.Hash(text), (await db.ApiKeys.AsNoTracking().SingleAsync(row => row.Key == "ci")).Sha256);

        await using var again = await world.AgainAsync();
        using var later = await PeopleAsync(again);
        var cookie = later.Known.Identify(text, "test")!;
        Assert.Equal(ApiRole.Ingest, Actor.Of(cookie).Role);
        var told = 0;
        later.Known.Changed += (_, _) => told++;
        _time.Advance(TimeSpan.FromDays(30));
        Assert.Null(later.Known.Identify(text, "test"));
        Assert.Null(later.Known.Revive(cookie, "test"));
        var lasting = later.Known.Identify(other, "test")!;
        Assert.True((await later.Keys.RevokeAsync("Lasting", "test", default))!.IsDone);
        Assert.Null(later.Known.Identify(other, "test"));
        Assert.False(later.Known.IsStill(lasting));
        Assert.True(told > 0);
        Assert.Null(await later.Keys.RevokeAsync("lasting", "test", default));
    }

    [Fact]
    public async Task Guessing_at_a_name_is_slowed_down_wherever_it_comes_from_and_known_and_unknown_names_alike()
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        await people.AddAsync("anna", "admin");
        foreach (var name in (string[])["anna", "nobody"])
        {
            var elsewhere = 1;
            for (var i = 0; i < LockOut.FreeTries; i++)
                Assert.Equal((null, null), await people.CheckAsync(name, "wrong", new IPAddress([198, 51, 100, (byte)elsewhere++])));
            var (who, pause) = await people.CheckAsync(name.ToUpperInvariant(), Password, IPAddress.Parse("203.0.113.9"));
            Assert.Null(who);
            Assert.Equal(TimeSpan.FromSeconds(1), pause);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await people.SignInAsync("anna", Password));
        // Different names from one address.
        for (var i = 0; i < LockOut.FreeTries; i++)
            await people.CheckAsync($"guess{i}", "wrong", Here);
        Assert.NotNull((await people.CheckAsync("anna", Password, Here)).Pause);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await people.SignInAsync("anna", Password));
    }

    [Fact]
    public async Task One_changes_ones_own_password_with_the_present_one_and_guessing_at_that_is_slowed_down_too()
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        await people.AddAsync("anna", "admin");
        var cookie = (await people.SignInAsync("anna", Password))!;
        Assert.Equal("next", Assert.Single((await people.SignIn.ChangeOwnAsync("anna", Password, "short", default)).Errors).Field);
        Assert.Equal("next", Assert.Single((await people.SignIn.ChangeOwnAsync("anna", Password, Password, default)).Errors).Field);
        Assert.True(people.Known.IsStill(cookie));
        Assert.True((await people.SignIn.ChangeOwnAsync("anna", Password, "another long one", default)).IsDone);
        Assert.False(people.Known.IsStill(cookie));
        for (var i = 0; i < LockOut.FreeTries; i++)
        {
            var wrong = await people.SignIn.ChangeOwnAsync("anna", "wrong", "yet another one", default);
            Assert.Contains("not the password", wrong.Errors[0].Reason, StringComparison.Ordinal);
        }

        Assert.Contains(
            "wrong too often",
            (await people.SignIn.ChangeOwnAsync("anna", "another long one", "yet another one", default)).Errors[0].Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_hash_of_less_work_is_replaced_at_the_next_sign_in_and_no_cookie_ends()
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using (var people = await PeopleAsync(world))
            await people.AddAsync("anna", "admin");
        var weak = new PasswordHasher<object>(
            Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 })
        ).HashPassword(new object(), Password);
        await using (var db = await world.OpenAsync())
            await db.Accounts.ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, weak));
        using var later = await PeopleAsync(world);
        var cookie = await later.SignInAsync("anna", Password);
        Assert.NotEqual(weak, later.Accounts.Find("anna")!.PasswordHash);
        Assert.True(later.Known.IsStill(cookie!));
        Assert.NotNull(await later.SignInAsync("anna", Password));
    }

    [Theory]
    [InlineData("", "read", Password, "name")]
    [InlineData("with space", "read", Password, "name")]
    [InlineData("ünal", "read", Password, "name")]
    [InlineData("open", "read", Password, "name")]
    [InlineData("anna", "ingest", Password, "role")]
    [InlineData("anna", "2", Password, "role")]
    [InlineData("anna", "read", "elevenchars", "password")]
    [InlineData("a.name-of.16", "read", "A.NAME-of.16", "password")]
    public async Task What_is_wrong_is_said_by_field(string name, string role, string password, string field)
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        var outcome = await people.Accounts.AddAsync(
            new AccountSpecification
            {
                Name = name,
                Role = role,
                Password = password,
            },
            "test",
            default
        );
        Assert.Equal(field, Assert.Single(outcome.Errors).Field);
        Assert.Empty(people.Accounts.All);
    }

    [Fact]
    public async Task Only_annotators_are_bound_to_models()
    {
        await using var world = await databases.WorldAsync(StateKind.Sqlite);
        using var people = await PeopleAsync(world);
        await people.AddAsync("anna", "admin");
        Assert.Equal("models", Assert.Single((await people.AddAsync("ben", "read", "churn")).Errors).Field);
        await people.AddAsync("ben", "annotate", "churn");
        var change = new AccountChange { Role = "read" };
        Assert.Equal("models", Assert.Single((await people.Accounts.ChangeAsync("ben", change, "test", default))!.Errors).Field);
    }

    private Task<People> PeopleAsync(StateWorld world, params ApiKeyOptions[] configured) =>
        People.OpenAsync(world.Get<IDbContextFactory<StateDbContext>>(), configured, _time);

    /// <summary>Everybody who is known, by the clock of the test.</summary>
    private sealed class People(IDbContextFactory<StateDbContext> state, AccessOptions access, TimeProvider time) : IDisposable
    {
        private readonly Lazy<KeyStore> _known = new(() => new KeyStore(access, time));
        private AccountStore? _accounts;
        private ApiKeyCatalog? _keys;
        private PasswordSignIn? _signIn;

        public KeyStore Known => _known.Value;

        public AccountStore Accounts => _accounts ??= new(state, Known, time, NullLogger<AccountStore>.Instance);

        public ApiKeyCatalog Keys => _keys ??= new(state, access, Known, time, NullLogger<ApiKeyCatalog>.Instance);

        public PasswordSignIn SignIn =>
            _signIn ??= new(Accounts, new LockOut(time, new AccessCounters()), NullLogger<PasswordSignIn>.Instance);

        public static async Task<People> OpenAsync(
            IDbContextFactory<StateDbContext> state,
            IReadOnlyList<ApiKeyOptions> configured,
            TimeProvider time
        )
        {
            var people = new People(state, new AccessOptions { Keys = configured }, time);
            await people.Accounts.LoadAsync(default);
            await people.Keys.LoadAsync(default);
            return people;
        }

        public Task<Outcome<Account>> AddAsync(string name, string role, params string[] models) =>
            Accounts.AddAsync(
                new AccountSpecification
                {
                    Name = name,
                    Role = role,
                    Models = models,
                    Password = Password,
                },
                "test",
                default
            );

        public Task<Outcome<MadeKey>> MakeKeyAsync(string name, string role, DateTimeOffset? ends = null) =>
            Keys.MakeAsync(
                new KeySpecification
                {
                    Name = name,
                    Role = role,
                    ExpiresAt = ends,
                },
                "test",
                default
            );

        public Task<(System.Security.Claims.ClaimsPrincipal? Who, TimeSpan? Pause)> CheckAsync(
            string name,
            string password,
            IPAddress address
        ) => SignIn.CheckAsync(name, password, address, "test", default);

        public async Task<System.Security.Claims.ClaimsPrincipal?> SignInAsync(string name, string password) =>
            (await CheckAsync(name, password, Here)).Who;

        public void Dispose()
        {
            _accounts?.Dispose();
            _keys?.Dispose();
            Known.Dispose();
        }
    }
}
