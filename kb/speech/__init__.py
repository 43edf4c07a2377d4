from kb.speech.contract import Engine, Run


def choose(name: str, run: Run) -> Engine | None:
    """Return the engine that `name` (KB_SPEECH) asks for; None for "none", or if "auto" finds none that can run."""
    if name == "none":
        return None
    if name not in ("auto", "pocketsphinx"):
        raise ValueError(f"no speech engine is named {name!r}")
    # The module is also the program of the child process, which runs it before anybody else has.
    from kb.speech.pocketsphinx import Pocketsphinx

    engine = Pocketsphinx(run)
    return None if name == "auto" and engine.unavailable() else engine
