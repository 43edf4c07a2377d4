"""What may stand in our addresses beside ids."""

from werkzeug.routing import BaseConverter


class Words(BaseConverter):
    """What people wrote, slashes and all, as `<words:name>`; its rule says `merge_slashes=False`."""

    regex = ".+?"
    part_isolating = False
    # After every rule that names its parts.
    weight = 300
