using System.Runtime.InteropServices;
using System.Text;

namespace Plumbline.Store.Engine;

/// <summary>One connection to the engine in this process. One thread at a time may use it.</summary>
internal sealed unsafe class EngineConnection : IDisposable
{
    private const byte ProbeAnswer = 42;
    private static readonly SqlStatement Probe = new("SELECT toUInt8(42)");
    private nint* _connection;

    private EngineConnection(nint* connection) => _connection = connection;

    /// <summary>Connects to the data folder; the first connection of the process starts the engine on it.</summary>
    internal static EngineConnection Open(string directory, IReadOnlyList<string> extraArguments)
    {
        string[] arguments = ["clickhouse", "--path=" + directory, .. extraArguments];
        var native = new byte*[arguments.Length];
        nint* connection = null;
        for (var i = 0; i < arguments.Length; i++)
            native[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        try
        {
            SignalDispositions.Preserve(() =>
            {
                fixed (byte** pointer = native)
                    connection = NativeEngine.Connect(native.Length, pointer);
            });
        }
        finally
        {
            foreach (var argument in native)
                Marshal.FreeCoTaskMem((nint)argument);
        }
        if (connection is null || *connection == 0)
        {
            throw new EngineUnavailableException(
                $"The engine could not open {directory}: it is not writable, it is full, or another Plumbline process holds it."
            );
        }
        return new EngineConnection(connection);
    }

    private nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_connection is null, this);
            return *_connection;
        }
    }

    /// <summary>Runs one statement and gives its answer's bytes in <paramref name="format"/>.</summary>
    /// <exception cref="EngineException">The engine refused or failed it.</exception>
    internal byte[] Query(SqlStatement statement, string format)
    {
        try
        {
            return Run(statement, format);
        }
        catch (EngineException)
        {
            DiscardLeftOver();
            throw;
        }
    }

    /// <summary>
    /// A statement that fails after it has begun to answer leaves what it had written in the connection, and the engine puts it
    /// before the next statement's answer. A short question takes it away; its own answer is known, so one sees when nothing is left.
    /// </summary>
    private void DiscardLeftOver()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                if (Run(Probe, "RowBinary") is [ProbeAnswer])
                    return;
            }
            catch (EngineException)
            {
                // The probe can meet the memory limit that the statement before it met: once more.
            }
        }
        throw new EngineException(0, "", "The connection does not answer as it should after an error.", Probe.Text);
    }

    private byte[] Run(SqlStatement statement, string format)
    {
        var count = statement.Parameters.Count;
        var handles = new List<GCHandle>(2 * count);
        var names = stackalloc byte*[count + 1];
        var values = stackalloc byte*[count + 1];
        var nameLengths = stackalloc nuint[count + 1];
        var valueLengths = stackalloc nuint[count + 1];
        try
        {
            for (var i = 0; i < count; i++)
            {
                names[i] = Pin(handles, Encoding.UTF8.GetBytes(statement.Parameters[i].Name), out nameLengths[i]);
                values[i] = Pin(handles, statement.Parameters[i].Encode(), out valueLengths[i]);
            }
            var text = Encoding.UTF8.GetBytes(statement.Text);
            var formatText = Encoding.UTF8.GetBytes(format);
            fixed (
                byte* textPointer = text,
                    formatPointer = formatText
            )
            {
                return TakeResult(
                    NativeEngine.Query(
                        Handle,
                        textPointer,
                        (nuint)text.Length,
                        formatPointer,
                        (nuint)formatText.Length,
                        names,
                        nameLengths,
                        values,
                        valueLengths,
                        (nuint)count
                    ),
                    statement.Text
                );
            }
        }
        finally
        {
            foreach (var handle in handles)
                handle.Free();
        }
    }

    /// <summary>Inserts rows in the given format; returns when the engine has them.</summary>
    internal void Insert(string insertSql, string format, ReadOnlySpan<byte> rows)
    {
        var text = Encoding.UTF8.GetBytes(insertSql);
        var formatText = Encoding.UTF8.GetBytes(format);
        nint stream;
        fixed (
            byte* textPointer = text,
                formatPointer = formatText
        )
        {
            stream = NativeEngine.BeginInsert(Handle, textPointer, (nuint)text.Length, formatPointer, (nuint)formatText.Length);
        }

        try
        {
            ThrowIfFailed(stream, insertSql);
            fixed (byte* bytes = rows)
            {
                if (NativeEngine.Append(stream, bytes, (nuint)rows.Length) != 0)
                {
                    ThrowIfFailed(stream, insertSql);
                    throw new EngineException(0, "", "The engine did not take the rows and gave no reason.", insertSql);
                }
            }
            _ = TakeResult(NativeEngine.CompleteInsert(stream), insertSql);
        }
        finally
        {
            NativeEngine.DestroyInsert(stream);
        }
    }

    public void Dispose()
    {
        if (_connection is null)
            return;
        NativeEngine.Close(_connection);
        _connection = null;
    }

    private static byte* Pin(List<GCHandle> handles, byte[] bytes, out nuint length)
    {
        length = (nuint)bytes.Length;
        // An empty array has no first element to point to; the engine still wants a pointer.
        var handle = GCHandle.Alloc(bytes.Length == 0 ? new byte[1] : bytes, GCHandleType.Pinned);
        handles.Add(handle);
        return (byte*)handle.AddrOfPinnedObject();
    }

    private static byte[] TakeResult(nint result, string sql)
    {
        if (result == 0)
            throw new EngineException(0, "", "The engine gave no answer.", sql);
        try
        {
            var error = NativeEngine.ResultError(result);
            if (error is not null)
                throw EngineException.Parse(Marshal.PtrToStringUTF8((nint)error) ?? "", sql);
            var buffer = NativeEngine.ResultBuffer(result);
            return buffer is null ? [] : new ReadOnlySpan<byte>(buffer, checked((int)NativeEngine.ResultLength(result))).ToArray();
        }
        finally
        {
            NativeEngine.DestroyResult(result);
        }
    }

    private static void ThrowIfFailed(nint stream, string sql)
    {
        var error = NativeEngine.InsertError(stream);
        if (error is not null)
            throw EngineException.Parse(Marshal.PtrToStringUTF8((nint)error) ?? "", sql);
    }
}
