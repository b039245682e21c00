"""How CPython's side of each benchmark talks with the harness."""
import sys


def version(_):
    return sys.version_info.major * 100 + sys.version_info.minor


def answer(requests):
    """Answers each line of standard input, `name argument`, with the number that the function of that name returns, until the end."""
    requests = {**requests, "version": version}
    # Not `for line in sys.stdin`: that reads ahead, and the children of some requests inherit this input.
    while line := sys.stdin.readline():
        name, argument = line.split()
        print(f"{requests[name](int(argument)):.3f}", flush=True)
