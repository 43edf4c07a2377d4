from tests.screencasts.conftest import author as author
from tests.screencasts.conftest import world as world
from tests.web.actors import site as site
