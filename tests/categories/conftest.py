from tests.screencasts.conftest import author as author
from tests.web.actors import site as site
