"""Runs at the start of every interpreter that a test of threads starts. See ../children.py."""
import os
import sys


def inject(event, arguments):
    """Waits for the code of the test: during an import, the import's own locks would be exchanged while they are held."""
    if event != "cpython.run_command":
        return
    sys.dont_write_bytecode = True
    sys.path.append(os.environ["TELAR_SHIM"])
    import atexit
    import injection
    from _telar import members

    injection.inject_threads()
    before = members.Runtime_calls()

    @atexit.register
    def tell():
        if members.Runtime_calls() > before + 1:
            with open(os.environ["TELAR_CALLS"], "a") as file:
                file.write(".")


sys.addaudithook(inject)
