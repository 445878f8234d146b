using Plumbline.Store.Engine;

namespace Plumbline.Store.Tests;

public sealed class EngineLibraryTests
{
    [Theory]
    [InlineData("linux-x64", "lib-linux-x64-gnu")]
    [InlineData("debian.12-x64", "lib-linux-x64-gnu")]
    [InlineData("linux-arm64", "lib-linux-arm64-gnu")]
    [InlineData("osx-arm64", "lib-darwin-arm64")]
    [InlineData("osx.15-x64", "lib-darwin-x64")]
    public void The_npm_folder_is_the_last_place(string runtime, string package)
    {
        var path = EngineLibrary.Locate(runtime, "/app", "/npm", null, file => file.StartsWith("/npm", StringComparison.Ordinal));
        Assert.Equal(Path.Combine("/npm", "node_modules", "@chdb", package, "libchdb.so"), path);
    }

    [Fact]
    public void The_environment_and_the_executables_folder_come_first()
    {
        Assert.Equal("/elsewhere/lib.so", EngineLibrary.Locate("linux-x64", "/app", "/npm", "/elsewhere/lib.so", _ => true));
        Assert.Equal(Path.Combine("/app", "libchdb.so"), EngineLibrary.Locate("win-x64", "/app", "/npm", null, _ => true));
    }

    [Theory]
    [InlineData("win-x64", null, "no engine for this platform (win-x64)")]
    [InlineData("linux-musl-x64", null, "no engine for this platform (linux-musl-x64)")]
    [InlineData("linux-x64", null, "Node.js 20 or newer")]
    [InlineData("linux-x64", "/gone", "/gone, which does not exist")]
    public void What_is_missing_is_said(string runtime, string? overridden, string expected)
    {
        var error = Assert.Throws<EngineUnavailableException>(() => EngineLibrary.Locate(runtime, "/app", "/npm", overridden, _ => false));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
