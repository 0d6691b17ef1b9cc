"""Brazilian standards as pure functions: no Django, no input or output, no state."""
