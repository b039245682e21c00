using Telar.Queues.Storage;
using Xunit;

namespace Telar.Tests.Queues.Storage;

internal static class RingModel
{
    public static void Check()
    {
        Random random = new(17);
        Ring<int> ring = new();
        List<int> model = [];
        for (int i = 0; i < 20_000; i++)
        {
            bool grows = (i / 500) % 2 == 0;
            if (random.Next(10) < (grows ? 6 : 4))
            {
                ring.Add(i);
                model.Add(i);
            }
            else if (model.Count > 0)
            {
                Assert.Equal(model[0], ring.Peek());
                Assert.Equal(model[0], ring.Remove());
                model.RemoveAt(0);
            }

            Assert.Equal(model.Count, ring.Count);
            if (i % 97 == 0)
            {
                Assert.Equal(model, ring.ToArray());
            }
        }
    }
}
