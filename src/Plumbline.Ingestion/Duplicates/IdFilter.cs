using System.Numerics;
using System.Runtime.Intrinsics;

namespace Plumbline.Ingestion.Duplicates;

/// <summary>
/// A set of 64-bit hashes that may err towards "perhaps": it keeps 32 bits of each in one of two buckets of eight, so a wrong
/// "perhaps" comes about four times in 10^9 questions. Five to eight bytes per hash; it grows by adding levels and never rehashes.
/// Not safe for several threads.
/// </summary>
public sealed class IdFilter
{
    private const int SlotsPerBucket = 8;
    private const int FirstBuckets = 512;
    private const int SteepUntilBuckets = 512 * 1024;
    private readonly List<Level> _levels = [];

    /// <summary>Hashes added.</summary>
    public long Count { get; private set; }

    /// <summary>Memory of all levels.</summary>
    public long Bytes { get; private set; }

    /// <summary>False: surely not added. True: almost surely added.</summary>
    public bool MayContain(ulong hash)
    {
        // The newest level is the largest and holds most.
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            if (_levels[i].Contains(hash))
                return true;
        }
        return false;
    }

    /// <summary>Bytes that the next <see cref="Add"/> may take at most.</summary>
    public long NextLevelBytes => (long)NextBuckets * SlotsPerBucket * sizeof(uint);

    /// <summary>True when adding this hash would open another level.</summary>
    public bool WouldGrow(ulong hash) => _levels.Count == 0 || !_levels[^1].HasRoomFor(hash);

    /// <summary>Adds a hash; adding one twice takes two slots.</summary>
    public void Add(ulong hash)
    {
        if (_levels.Count == 0 || !_levels[^1].TryAdd(hash))
        {
            var level = new Level(NextBuckets);
            _levels.Add(level);
            Bytes += level.Bytes;
            level.TryAdd(hash);
        }
        Count++;
    }

    private int NextBuckets => _levels.Count == 0 ? FirstBuckets : _levels[^1].Buckets * (_levels[^1].Buckets < SteepUntilBuckets ? 4 : 2);

    private sealed class Level(int buckets)
    {
        private readonly uint[] _slots = new uint[buckets * SlotsPerBucket];

        public int Buckets => buckets;

        public long Bytes => (long)_slots.Length * sizeof(uint);

        public bool Contains(ulong hash)
        {
            var (first, second, print) = Place(hash);
            var wanted = Vector256.Create(print);
            return Vector256.EqualsAny(Vector256.Create(_slots.AsSpan(first, SlotsPerBucket)), wanted)
                || Vector256.EqualsAny(Vector256.Create(_slots.AsSpan(second, SlotsPerBucket)), wanted);
        }

        public bool HasRoomFor(ulong hash)
        {
            var (first, second, _) = Place(hash);
            return Free(first) + Free(second) > 0;
        }

        public bool TryAdd(ulong hash)
        {
            var (first, second, print) = Place(hash);
            var (freeFirst, freeSecond) = (Free(first), Free(second));
            if (freeFirst == 0 && freeSecond == 0)
                return false;
            var start = freeFirst >= freeSecond ? first : second;
            _slots[start + SlotsPerBucket - Math.Max(freeFirst, freeSecond)] = print;
            return true;
        }

        // Slots of a bucket fill from the left, so the number of zeros is the number of free ones.
        private int Free(int start) =>
            BitOperations.PopCount(
                Vector256.Equals(Vector256.Create(_slots.AsSpan(start, SlotsPerBucket)), Vector256<uint>.Zero).ExtractMostSignificantBits()
            );

        private (int First, int Second, uint Print) Place(ulong hash)
        {
            var print = (uint)(hash >> 32);
            if (print == 0)
                print = 1;
            var mask = buckets - 1;
            return (((int)hash & mask) * SlotsPerBucket, ((int)((hash * 0x9E3779B97F4A7C15UL) >> 33) & mask) * SlotsPerBucket, print);
        }
    }
}
