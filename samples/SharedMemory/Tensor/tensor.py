"""Changes the last number of the block that Program.cs has made: the second shell of Python's example."""
import sys
from multiprocessing import resource_tracker, shared_memory

import numpy

block = shared_memory.SharedMemory(sys.argv[1])
resource_tracker.unregister(block._name, "shared_memory")   # 3.13 and later: SharedMemory(name, track=False)
numbers = numpy.ndarray((6,), dtype=numpy.int64, buffer=block.buf)
numbers[-1] = 888
del numbers
block.close()
