using System.Text;
using Telar.Internal.Framing;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Starting;

namespace Telar.Multiprocessing.Pools;

/// <content>Asks workers what their threads wait for; their control threads answer, whatever their calls do.</content>
internal sealed partial class WorkerPool
{
    /// <summary>Asks all workers at once. Not on the pool's own thread, which reads the answers.</summary>
    /// <param name="timeout">How long to wait for all of them together.</param>
    /// <returns>The answers by process id; none of a worker that did not answer in time.</returns>
    public Dictionary<int, string> AskForStates(TimeSpan timeout)
    {
        Dictionary<int, string> answers = [];
        if (IsPoolThread)
        {
            return answers;
        }

        List<(int ProcessId, Task<string?> Answer)> asked = Ask();
        WaitDeadline deadline = WaitDeadline.After(timeout);
        foreach ((int processId, Task<string?> answer) in asked)
        {
            // Not by WhenAll, which needs a thread of .NET's pool: that may be what is looked into.
            if (answer.Wait(deadline.Remaining) && answer.Result is { } state)
            {
                answers[processId] = state;
            }
        }

        return answers;
    }

    private List<(int ProcessId, Task<string?> Answer)> Ask()
    {
        List<(int ProcessId, Task<string?> Answer)> asked = [];
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            foreach (WorkerSlot slot in _slots.Values)
            {
                if (slot.Control is not { } control)
                {
                    continue;
                }

                // One question at a time: whoever asks meanwhile gets the same answer.
                if (slot.Question is not { Task.IsCompleted: false })
                {
                    slot.Question = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
                    control.Append(new FrameHeader(FrameKind.DescribeState, FrameBlobs.None, 0, 0), [], null);
                    batch.Add(control);
                }

                asked.Add((slot.ProcessId, slot.Question.Task));
            }
        }

        Execute(batch);
        return asked;
    }

    /// <summary>Takes in what a worker says on its control socket, or that it has closed it: then it is ending, which its pidfd reports.</summary>
    private void ReadControl(WorkerSlot slot, WorkerProcess process)
    {
        bool isOpen;
        try
        {
            isOpen = process.Control.TryReceive() != ReceiveResult.Closed;
            while (process.Control.TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload))
            {
                if (header.Kind == FrameKind.State)
                {
                    slot.Question?.TrySetResult(Encoding.UTF8.GetString(payload.Span));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // Nothing that matters comes this way; nonsense is not listened to any longer.
            isOpen = false;
        }

        if (!isOpen)
        {
            slot.ControlClosed = true;
            _events.Remove(process.Control.Handle);
        }
    }
}
