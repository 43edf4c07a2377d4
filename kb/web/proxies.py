"""Proxies in front of the site, and whether they are believed."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from kb.config import Settings


def init(app: Flask, settings: Settings) -> None:
    """Take the asker's address from X-Forwarded-For, as many proxies from its end as are ours.

    What stands before that was written by whoever asked. No other header of this kind is believed: the host is the one
    that the proxy asks for, and whether the site is reached by TLS stands in KB_SITE_URL.
    """
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
