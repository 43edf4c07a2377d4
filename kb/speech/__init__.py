from pathlib import Path

from kb.speech.contract import Engine, Run


def choose(setting: str, run: Run, models: Path) -> Engine | None:
    """Return the engine that KB_SPEECH asks for; None for "none", or if "auto" finds none that can run.

    models: the folder below which Whisper models are looked for by name.
    """
    # Each module is also the program of a child process, which runs it before anybody else has.
    from kb.speech.pocketsphinx import Pocketsphinx
    from kb.speech.whisper import Whisper, models_in

    kind, _, name = setting.partition(":")
    match kind:
        case "none":
            return None
        case "pocketsphinx":
            return Pocketsphinx(run)
        case "whisper":
            # A path that stands for itself is kept by /.
            return Whisper(run, models / Path(name).expanduser())
        case "auto":
            engines: list[Engine] = [*(Whisper(run, folder) for folder in models_in(models)), Pocketsphinx(run)]
            return next((engine for engine in engines if not engine.unavailable()), None)
    raise ValueError(f"no speech engine is named {setting!r}")
