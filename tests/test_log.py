"""What a line of the log says."""

import logging

from kb.log import WORDS, ForPeople


def line(**known: object) -> str:
    record = logging.makeLogRecord({"msg": "a page", "levelname": "INFO", "process_name": "web", **known})
    return ForPeople(WORDS, datefmt="%H:%M").format(record).partition(" ")[2]


def test_a_line_for_people_names_what_it_is_about_and_no_ids() -> None:
    said = line(path="/tags", status=200, request="abc123")
    assert said == "web INFO a page path=/tags status=200"


def test_what_went_wrong_stands_below_its_line() -> None:
    try:
        raise ValueError("no such thing")
    except ValueError as error:
        said = line(path="/tags", exc_info=(type(error), error, error.__traceback__))
    assert said.startswith("web INFO a page path=/tags\nTraceback")
    assert said.endswith("ValueError: no such thing")
