using System.Runtime.InteropServices;

namespace Plumbline.Store.Engine;

/// <summary>The few functions of chDB's C interface that Plumbline calls. All of them block.</summary>
internal static unsafe partial class NativeEngine
{
    internal const string LibraryName = "chdb";

    [LibraryImport(LibraryName, EntryPoint = "chdb_set_signal_handlers_enabled")]
    internal static partial void SetSignalHandlersEnabled(int enabled);

    /// <returns>A pointer to the connection's handle: the handle goes to the other calls, the pointer itself to
    /// <see cref="Close"/>.</returns>
    [LibraryImport(LibraryName, EntryPoint = "chdb_connect")]
    internal static partial nint* Connect(int argumentCount, byte** arguments);

    [LibraryImport(LibraryName, EntryPoint = "chdb_close_conn")]
    internal static partial void Close(nint* connection);

    [LibraryImport(LibraryName, EntryPoint = "chdb_query_with_params_n")]
    internal static partial nint Query(
        nint connection,
        byte* query,
        nuint queryLength,
        byte* format,
        nuint formatLength,
        byte** names,
        nuint* nameLengths,
        byte** values,
        nuint* valueLengths,
        nuint count
    );

    [LibraryImport(LibraryName, EntryPoint = "chdb_stream_insert_n")]
    internal static partial nint BeginInsert(nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength);

    [LibraryImport(LibraryName, EntryPoint = "chdb_stream_insert_error")]
    internal static partial byte* InsertError(nint stream);

    [LibraryImport(LibraryName, EntryPoint = "chdb_stream_append")]
    internal static partial int Append(nint stream, byte* bytes, nuint length);

    [LibraryImport(LibraryName, EntryPoint = "chdb_stream_done")]
    internal static partial nint CompleteInsert(nint stream);

    [LibraryImport(LibraryName, EntryPoint = "chdb_destroy_insert_stream")]
    internal static partial void DestroyInsert(nint stream);

    [LibraryImport(LibraryName, EntryPoint = "chdb_result_buffer")]
    internal static partial byte* ResultBuffer(nint result);

    [LibraryImport(LibraryName, EntryPoint = "chdb_result_length")]
    internal static partial nuint ResultLength(nint result);

    [LibraryImport(LibraryName, EntryPoint = "chdb_result_error")]
    internal static partial byte* ResultError(nint result);

    [LibraryImport(LibraryName, EntryPoint = "chdb_destroy_query_result")]
    internal static partial void DestroyResult(nint result);
}
