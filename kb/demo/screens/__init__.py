"""A desktop that never was: windows to type in, a pointer that clicks, drawn tick by tick."""
