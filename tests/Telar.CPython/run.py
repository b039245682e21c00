"""Runs CPython's own test modules on Telar's classes, and the tests of the bridge itself (bridge.py). See run.sh.

Each module runs in a process of its own. A test that hangs is ended by faulthandler, which shows the stacks of all threads; the
module goes on in a new process with the next test.
"""
import argparse
import faulthandler
import fnmatch
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))
MODULES = ["bridge", "test_queue", "test_sched", "test_context", "test_threading_local", "test_thread", "test_threading",
           "test_subprocess", "test_concurrent_futures", "test_connections"]


# ---- One module, in a process of its own ----------------------------------------------------------------------------------------

class Reporter(unittest.TestResult):
    """Writes one line of JSON for each thing that happens: the parent must know it even if this process dies."""

    def __init__(self, stream, limit, names):
        super().__init__()
        self.stream, self.limit, self.names = stream, limit, names

    def calls(self):
        """How often Telar was called, in this process and in the interpreters that it started."""
        return sys.modules["_telar"].members.Runtime_calls() + sys.modules["children"].calls()

    def tell(self, event, test, detail=""):
        print(json.dumps([event, self.names.get(test) or str(test), detail]), file=self.stream, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.problem = None
        self.tell("start", test)
        self.before = self.calls()
        faulthandler.dump_traceback_later(self.limit, exit=True)

    def stopTest(self, test):
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)
        if self.problem is None and self.calls() == self.before + 1:
            self.problem = ("skipped", test, "it passed, but nothing of Telar was called")
        self.tell(*self.problem or ("passed", test))

    def addError(self, test, err):
        detail = self._exc_info_to_string(err, test)
        if test in self.names:
            self.problem = ("failed", test, detail)
        else:
            self.tell("failed", test, detail)   # a setUpClass or setUpModule

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err:
            self.addError(test, err)

    def addSkip(self, test, reason):
        if test in self.names:
            self.problem = ("skipped", test, reason)
        else:
            self.tell("skipped", test, reason)

    def addUnexpectedSuccess(self, test):
        self.problem = ("failed", test, "succeeded although upstream expects a failure")


def flatten(suite):
    for item in suite:
        yield from flatten(item) if isinstance(item, unittest.TestSuite) else [item]


def named(module, suite):
    """Pairs of a test and its name: 'test_queue.PyQueueTest.test_basic'. Doctests may have the same one twice."""
    seen = {}
    for test in flatten(suite):
        name = test.id().removeprefix("test.")
        name = name if name.startswith(module) else f"{module}.{name}"
        seen[name] = seen.get(name, 0) + 1
        yield test, name if seen[name] == 1 else f"{name}#{seen[name]}"


def run_module(module, limit, report, only):
    sys.path.insert(0, os.path.join(FOLDER, "shim"))
    import injection
    injection.inject(module)
    from test import support
    support.verbose = False
    with open(report, "a", encoding="utf-8") as stream:
        with open(report, encoding="utf-8") as earlier:
            done = {json.loads(line)[1] for line in earlier}
        try:
            here = os.path.exists(os.path.join(FOLDER, module + ".py"))   # bridge.py, and choices from an upstream file
            if not here and importlib.util.find_spec("test." + module) is None:
                raise unittest.SkipTest("this CPython was installed without it")
            suite = unittest.defaultTestLoader.loadTestsFromName(module if here else "test." + module)
        except unittest.SkipTest as skip:
            print(json.dumps(["skipped", module, str(skip)]), file=stream)
            print(json.dumps(["end", "", ""]), file=stream)
            return
        reporter = Reporter(stream, limit, {})
        chosen = unittest.TestSuite()
        for test, name in named(module, suite):
            if name in done or not fnmatch.fnmatchcase(name, only):
                continue
            reason = reason_to_exclude(name)
            if reason:
                print(json.dumps(["skipped", name, reason]), file=stream, flush=True)
            else:
                reporter.names[test] = name
                chosen.addTest(test)
        chosen.run(reporter)
        print(json.dumps(["end", "", ""]), file=stream)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)   # the threads of a failed test must not hold this process


# ---- All modules ----------------------------------------------------------------------------------------------------------------

def exclusions():
    with open(os.path.join(FOLDER, "exclusions.tsv"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")][1:]


def reason_to_exclude(name):
    """A pattern that ends in '@3.11' is for that version alone."""
    version = f"{name}@{sys.version_info[0]}.{sys.version_info[1]}"
    return next((reason for pattern, reason in exclusions()
                 if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(version, pattern)), None)


def supervise(module, arguments):
    """Runs one module to its end, over as many processes as it takes; returns the final events of its tests."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report")
        log = os.path.join(folder, "log")
        open(report, "w").close()
        while True:
            command = [sys.executable, os.path.join(FOLDER, "run.py"), "--limit", str(arguments.limit), "--only", arguments.only,
                       "--child", report, module]
            with open(log, "w+b") as output:
                status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                        cwd=folder).returncode
                output.seek(0)
                text = output.read().decode(errors="replace")
            with open(report, encoding="utf-8") as file:
                events = [json.loads(line) for line in file]
            if events and events[-1][0] == "end":
                return events, text
            if not events or events[-1][0] != "start":
                return [*events, ["failed", module, f"the process ended with status {status}:\n{text}"]], ""
            with open(report, "a", encoding="utf-8") as file:
                print(json.dumps(["failed", events[-1][1], f"hung, or ended its process with status {status}:\n{text}"]), file=file)


def main():
    parser = argparse.ArgumentParser(description="Runs CPython's own test modules on Telar's classes.")
    parser.add_argument("--limit", type=float, default=240, help="seconds for one test (default 240)")
    parser.add_argument("--only", default="*", help="run only the tests with such a name, as test_queue.PyQueueTest.*")
    parser.add_argument("--verbose", action="store_true", help="show each test")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("modules", nargs="*", default=MODULES)
    arguments = parser.parse_args()
    if arguments.child:
        run_module(arguments.modules[0], arguments.limit, arguments.child, arguments.only)
        return

    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for module in arguments.modules:
        print(f"\n{module} of CPython {platform.python_version()}", flush=True)
        events, output = supervise(module, arguments)
        here = dict.fromkeys(totals, 0)
        for event, name, detail in events:
            if event not in totals:
                continue
            here[event] += 1
            if event == "skipped":
                print(f"  skipped {name}: {detail}")
            elif event == "failed":
                print(f"  FAILED {name}\n    " + detail.rstrip().replace("\n", "\n    "))
            elif arguments.verbose:
                print(f"  passed {name}")
        if here["failed"] and output:
            print("  What it wrote:\n    " + output.rstrip().replace("\n", "\n    "))
        print("  " + ", ".join(f"{count} {kind}" for kind, count in here.items()), flush=True)
        for kind, count in here.items():
            totals[kind] += count
    print("\n" + ", ".join(f"{count} {kind}" for kind, count in totals.items()))
    sys.exit(1 if totals["failed"] else 0)


if __name__ == "__main__":
    main()
