"""The interpreters that a test starts by `sys.executable`: they get Telar's threads too.

They are started with -I, so that no variable and no path of the user reaches them. A virtual environment does: sitecustomize.py in its
`site-packages`, a copy of the one in the folder `child`, runs in each of them before the code of the test.
"""
import os
import shutil
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def prepare():
    root = os.path.abspath("environment")   # the current folder is the test run's own
    packages = os.path.join(root, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
    python = os.path.join(root, "bin", "python3")
    original = os.path.realpath(sys._base_executable)
    if not os.path.exists(root):
        os.makedirs(os.path.dirname(python))
        os.makedirs(packages)
        os.symlink(original, python)
        shutil.copy(os.path.join(FOLDER, "child", "sitecustomize.py"), packages)
        with open(os.path.join(root, "pyvenv.cfg"), "w") as file:
            file.write(f"home = {os.path.dirname(original)}\n")
    sys.executable = python
    os.environ.update(TELAR_SHIM=FOLDER, TELAR_CALLS=os.path.join(root, "calls"))


def calls():
    """In how many of them Telar was called."""
    path = os.environ.get("TELAR_CALLS", "")
    return os.path.getsize(path) if os.path.exists(path) else 0
