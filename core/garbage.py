"""What Python's garbage collector looks through, in a process that lives long."""

import gc


def look_seldom() -> None:
    """To be called before the project is loaded: of what is loaded nothing is garbage, and to look
    through it again and again takes a fifth of a start."""
    gc.set_threshold(50_000, 20, 50)


def spare_what_is_loaded() -> None:
    """To be called once, when the process is about to begin its work.

    All that is loaded by then stays for good, and need not be looked through again and again
    (docs/decisions/0027-four-tasks-a-worker.md). Reference counts free nearly everything; what
    holds itself in a circle is looked for less often than by default, and still found.
    """
    gc.collect()
    gc.freeze()
    look_seldom()
