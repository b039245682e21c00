"""The interpreters that a test starts by `sys.executable`: they get Telar's threads too.

They are started with -I, so that no variable and no path of the user reaches them. A virtual environment does: its `site-packages` is
the folder `child`, whose sitecustomize.py runs in each of them before the code of the test.
"""
import os
import sys


def prepare():
    root = os.path.abspath("environment")   # the current folder is the test run's own
    packages = os.path.join(root, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    for folder in (os.path.join(root, "bin"), packages):
        os.makedirs(folder, exist_ok=True)
    if not os.path.exists(os.path.join(root, "pyvenv.cfg")):
        original = os.path.realpath(sys._base_executable)
        os.symlink(os.path.join(os.path.dirname(__file__), "child"), os.path.join(packages, "site-packages"))
        os.symlink(original, os.path.join(root, "bin", "python3"))
        with open(os.path.join(root, "pyvenv.cfg"), "w") as file:
            file.write(f"home = {os.path.dirname(original)}\n")
    sys.executable = os.path.join(root, "bin", "python3")
    os.environ["TELAR_CALLS"] = os.path.join(root, "calls")


def calls():
    """In how many of them Telar was called."""
    path = os.environ.get("TELAR_CALLS", "")
    return os.path.getsize(path) if os.path.exists(path) else 0
