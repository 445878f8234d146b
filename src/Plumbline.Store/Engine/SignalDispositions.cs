using System.Runtime.InteropServices;

namespace Plumbline.Store.Engine;

/// <summary>
/// Keeps .NET's own signal handlers through a call that would reset them. Telling chDB to install no handlers also sets the
/// deadly signals back to the system's default, and so does every later connect; with SIGSEGV at its default the first null
/// reference in managed code ends the process instead of throwing <see cref="NullReferenceException"/>.
/// </summary>
internal static unsafe partial class SignalDispositions
{
    // struct sigaction has 152 bytes on Linux (x64 and arm64) and 16 on macOS; it is only copied, never read.
    private const int StructureBytes = 256;

    // SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSEGV are the same numbers on both systems; SIGBUS, SIGSYS and SIGTSTP are not.
    private static readonly int[] Signals = OperatingSystem.IsMacOS() ? [4, 5, 6, 8, 10, 11, 12, 18] : [4, 5, 6, 7, 8, 11, 20, 31];

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int SigAction(int signal, byte* action, byte* previous);

    /// <summary>Runs <paramref name="call"/> and puts every guarded signal back to what it was before.</summary>
    internal static void Preserve(Action call)
    {
        var saved = stackalloc byte[StructureBytes * Signals.Length];
        for (var i = 0; i < Signals.Length; i++)
            _ = SigAction(Signals[i], null, saved + i * StructureBytes);
        try
        {
            call();
        }
        finally
        {
            for (var i = 0; i < Signals.Length; i++)
                _ = SigAction(Signals[i], saved + i * StructureBytes, null);
        }
    }
}
