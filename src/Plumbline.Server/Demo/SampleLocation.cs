using System.Runtime.InteropServices;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Demo;

/// <summary>
/// Where the sample's program is, and what runs it. The build puts it beside the server (see the project file), so does publishing.
/// </summary>
public static class SampleLocation
{
    public const string FolderName = "ticket-router";
    public const string AssemblyName = "TicketRouter.dll";

    /// <param name="beside">The folder of the server's program.</param>
    /// <exception cref="CommandLineException">It is not there.</exception>
    public static string Find(string beside)
    {
        var path = Path.Combine(beside, FolderName, AssemblyName);
        if (File.Exists(path))
            return path;
        throw new CommandLineException(
            ExitCode.Failure,
            $"the demonstration's model service is missing: {path}. Build it with `dotnet build src/Plumbline.Server`, "
                + "or install a package that has it; `plumbline serve` works without."
        );
    }

    /// <summary>The runtime host of this very process, whether it was started by it or by an executable of its own.</summary>
    public static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } process && string.Equals(Path.GetFileName(process), name, StringComparison.OrdinalIgnoreCase))
            return process;
        // .../dotnet/shared/Microsoft.NETCore.App/10.0.0/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, name);
        return File.Exists(host) ? host : name;
    }
}
