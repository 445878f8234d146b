using Plumbline.Dashboard.Demo;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Demo;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Demo;

public sealed class DemoFolderTests : IDisposable
{
    private readonly string _under = Directory.CreateTempSubdirectory("demo-folder-test-").FullName;

    [Fact]
    public void A_fresh_folder_is_its_own_and_goes_with_its_owner()
    {
        string path;
        using (var folder = DemoFolder.Open(named: null, _under, TimeProvider.System))
        {
            path = folder.FullPath;
            File.WriteAllText(Path.Combine(path, "x"), "x");
            Assert.True(folder.IsTemporary);
            using var second = DemoFolder.Open(named: null, _under, TimeProvider.System);
            Assert.NotEqual(path, second.FullPath);
            Assert.True(Directory.Exists(path));
        }

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_named_folder_is_made_and_stays()
    {
        var path = Path.Combine(_under, "mine", "deep");
        using (var folder = DemoFolder.Open(path, _under, TimeProvider.System))
            Assert.False(folder.IsTemporary);
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void What_a_killed_demonstration_left_is_removed_and_what_looks_alike_is_not()
    {
        var abandoned = Directory.CreateDirectory(Path.Combine(_under, "plumbline-demo-20260101-000000-1-a")).FullName;
        File.WriteAllText(Path.Combine(abandoned, "demo.lock"), "");
        var foreign = Directory.CreateDirectory(Path.Combine(_under, "plumbline-demo-notes")).FullName;
        using var folder = DemoFolder.Open(named: null, _under, TimeProvider.System);
        Assert.False(Directory.Exists(abandoned));
        Assert.True(Directory.Exists(foreign));
    }

    [Fact]
    public void A_story_is_read_back_and_marks_its_folder_as_demo_data()
    {
        var options = new PlumblineOptions { DataDirectory = _under };
        Assert.False(new DemoState(options).IsDemo);
        var scenario = new DemoScenario
        {
            Seed = 7,
            Days = 3,
            Anchor = new(2026, 3, 20, 9, 0, 0, TimeSpan.Zero),
            Chapters = [new("SlowDrift", "title", "look", new(2026, 3, 18, 0, 0, 0, TimeSpan.Zero), To: null)],
        };
        scenario.Write(_under);
        (scenario with { Reached = scenario.Anchor.AddMinutes(3) }).Write(_under);
        var state = new DemoState(options);
        Assert.True(state.IsDemo);
        Assert.Equal(
            (7, 3, scenario.Anchor, scenario.Anchor.AddMinutes(3)),
            (state.Scenario!.Seed, state.Scenario.Days, state.Scenario.Anchor, state.Scenario.Reached)
        );
        Assert.Equal(scenario.Chapters, state.Scenario.Chapters);
        Assert.True(new DemoState(options with { IsDemo = true, DataDirectory = Path.Combine(_under, "none") }).IsDemo);
    }

    [Fact]
    public void A_folder_with_anything_else_in_it_is_refused_and_one_with_a_story_goes_on()
    {
        var settings = new DemoSettings(_under, [], ConfigurationFile: null, Days: 5, Seed: 9, Live: false);
        var folder = DemoFolder.Open(_under, _under, TimeProvider.System);
        Assert.Equal(
            (9L, 5, false),
            DemoRun.ScenarioOf(folder, settings, TimeProvider.System) is var (scenario, goesOn)
                ? (scenario.Seed, scenario.Days, goesOn)
                : default
        );
        Assert.Equal(
            (9L, 5, true),
            DemoRun.ScenarioOf(folder, settings with { Seed = 1, Days = 1 }, TimeProvider.System) is var (again, still)
                ? (again.Seed, again.Days, still)
                : default
        );
        File.Move(Path.Combine(_under, DemoScenario.FileName), Path.Combine(_under, "state.db"));
        Assert.Contains(
            "not empty",
            Assert.Throws<CommandLineException>(() => DemoRun.ScenarioOf(folder, settings, TimeProvider.System)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"seed\":1}")]
    [InlineData("{\"seed\":\"x\",\"days\":1,\"anchor\":\"2026-01-01T00:00:00Z\"}")]
    public void A_spoilt_story_is_named(string text)
    {
        File.WriteAllText(Path.Combine(_under, DemoScenario.FileName), text);
        var wrong = Assert.Throws<InvalidDataException>(() => DemoScenario.Read(_under));
        Assert.Contains(_under, wrong.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_under, recursive: true);
}
