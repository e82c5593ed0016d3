"""``make bench``: the product's speed as ratios to named yardsticks, measured in the same run.

How to read the table
---------------------

A row is one goal of ``goals.py``.

``what``       what was measured
``goal``       the bound, and in which unit: mostly a multiple of a yardstick
``got``        the number that is compared with the bound, in the goal's unit
``measured``   the product's figure
``yardstick``  the yardstick's figure, measured in turn with the product in the same run
last column    ``ok``, ``SHORT`` (the goal is missed), or ``not measured``, where ``measured`` says what is
               missing: a browser, PostgreSQL, Redis, node with npm

``got`` holds from one machine to another and from a busy machine to an idle one, as far as both sides were
slowed alike; ``measured`` and ``yardstick`` do not. Two runs on one machine differ by some 10 %: a change is
worth a word where ``got`` moved by more than that in several runs. A row that a benchmark no longer gives
stays in the table as SHORT.

The yardsticks
--------------

``bare Daphne``             reads a body and answers 202 (``bare/answering.py``)
``bare, parses the body``   reads a body, parses it with ``orjson.loads``, answers 202 (``bare/parsing.py``)
``bare consumer``           pushes each body as it came to all sockets through the channel layer
                            (``bare/pushing.py``)
``JSON.parse + ajv``        in node, all errors collected (``judging.mjs``); npm brings ajv into ``.bench/``
``grep -c``, ``LIKE``       over the NDJSON export of the same events: as a pipe into grep, and as a table of
                            PostgreSQL with one text column
``the plain export``        the same format without masking
``orjson.loads + judging``  of a HAR file: the file parsed, then each of its events judged
``its payload``             bytes of the event's parameters as JSON

Options
-------

``ONLY=search make bench`` runs one benchmark. ``EVENTS=1000000 make bench`` measures search and first paint
on that many stored events instead of 100,000; small numbers are for trying a benchmark out. A whole run
takes about a quarter of an hour on an idle machine of two cores; every wait has an end. The exit code is 1
where a goal is missed.
"""
