"""Serves one of the bare apps: ``python -m tests.bench.bare <its module> <port>``."""

import sys
from importlib import import_module

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server

from inspector.serving.tuning import tune_garbage_collector

app = import_module(f"tests.bench.bare.{sys.argv[1]}").app
tune_garbage_collector()  # as the server does
Server(app, build_endpoint_description_strings(host="127.0.0.1", port=int(sys.argv[2])), verbosity=0).run()
