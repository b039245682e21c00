namespace Telar.Serialization;

// Several delegates may share the closure of a scope, and each reaches some of its fields and some of those of the scopes around it.
// The encoder meets them in any order, in the middle of anything. So for each delegate and each closure that it can reach:
//   the closure is not written yet  ->  it is noted what the delegate needs of it, and its head will say so;
//   it is written, or being written ->  what its head did not announce follows behind the value, as a supplement.

internal sealed partial class GraphEncoder
{
    private Dictionary<object, List<ClosureScan?>>? _awaited;

    /// <summary>What the body of a closure may reach of the closures that it leads to.</summary>
    internal ClosureScan? ScanOf(int id) => _states[id].Scan;

    private void WriteClosureHead(object value, WalkCodec closure, ClosureScan? scan, int id)
    {
        FieldMask mask = closure.MaskFor(scan);
        if (_awaited is not null && _awaited.Remove(value, out List<ClosureScan?>? others))
        {
            foreach (ClosureScan? other in others)
            {
                FieldMask needed = closure.MaskFor(other);
                mask = mask.Union(needed);
                _ = RequireLinked(value, id, closure, needed, other);
            }
        }

        mask.Write(Writer);
        ref ReferenceStates.Entry entry = ref _states[id];
        entry.Mask = mask;
        entry.Promised = mask;
        entry.Scan = scan;
    }

    /// <summary>Sees to it that a closure that was begun before has all that a delegate needs.</summary>
    /// <returns>Whether a part of it comes behind the value.</returns>
    private bool Require(int id, WalkCodec closure, ClosureScan? scan)
    {
        object value = _states[id].Value!; // not null: the encoder adds objects
        FieldMask promised = _states[id].Promised!; // not null: a closure
        FieldMask needed = closure.MaskFor(scan);
        bool incomplete = _states[id].Incomplete;
        if (!promised.Covers(needed))
        {
            _deferred.Add(new DeferredWrite(id, value, closure, needed.Except(promised), scan, Trace?.Path));
            _states[id].Promised = promised.Union(needed);
            _states[id].Incomplete = incomplete = true;
        }

        return RequireLinked(value, id, closure, needed, scan) || incomplete;
    }

    private bool RequireLinked(object value, int id, WalkCodec closure, FieldMask needed, ClosureScan? scan)
    {
        bool incomplete = false;
        foreach (object outer in closure.LinkedClosures(value, needed))
        {
            int outerId = _index.Find(outer);
            if (outerId < 0)
            {
                _awaited ??= new Dictionary<object, List<ClosureScan?>>(ReferenceEqualityComparer.Instance);
                if (!_awaited.TryGetValue(outer, out List<ClosureScan?>? scans))
                {
                    _awaited.Add(outer, scans = []);
                }

                if (!scans.Contains(scan))
                {
                    scans.Add(scan);
                }
            }
            else if (outerId != id && _states[outerId].Codec is WalkCodec outerCodec)
            {
                incomplete |= Require(outerId, outerCodec, scan);
            }
        }

        return incomplete;
    }
}
