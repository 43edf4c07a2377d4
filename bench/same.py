"""Words that one house says and another says otherwise. One of each pair stands in the corpus of bench/prose.py."""

TOLD = """
    delete remove, directory folder, display screen, argument parameter, terminate quit, obtain fetch, permit
    allow, modify alter, verify check, duplicate copy, option setting, invoke call, interface adapter, allocate
    reserve, initialize prepare, execute run, construct build, retrieve get, character letter, string text,
    buffer cache, exception error, warning alert, thread task, password passphrase, identifier name, attribute
    property, documentation manual, library module, repository archive, encrypted ciphered, compress shrink,
    numeric number, previous former, specify define, generate produce, header heading, column field, widget
    control, kernel core, device gadget, network net, server host, client consumer, transaction booking, query
    question, index register, picture image, colour tint, keyboard keys, button knob, window pane, dialog popup,
    cursor pointer, toolbar ribbon, spreadsheet workbook, document paper, paragraph passage, printer plotter,
    email mail, message notice, certificate credential, signature autograph, compiler translator, debugger
    tracer, function routine, method procedure, variable placeholder, boolean flag, integer whole, iterate loop,
    sequence series, container holder, instance object, inherited derived, destination target, source origin,
    temporary transient, maximum largest, minimum smallest, discard drop, replace substitute, enable activate,
    disable deactivate, insert add, choose select, merge combine, commit checkin, branch fork, rollback revert,
    backup safeguard, restore recover, schedule plan, timeout expiry
"""
_PAIRS = [(pair.split()[0], pair.split()[1]) for pair in TOLD.split(",")]
# What is said: what another house says instead.
PAIRS: dict[str, str] = dict(_PAIRS) | {other: said for said, other in _PAIRS}
GROUPS = [(said, [other]) for said, other in _PAIRS]
