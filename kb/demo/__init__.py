"""The demo: screencasts that the site makes itself of drawn screens and a computer's voice, and people to show them."""
