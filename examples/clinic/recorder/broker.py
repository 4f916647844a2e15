"""A real RabbitMQ in a folder of its own. The program must be installed (Debian: `apt-get install rabbitmq-server`)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# Debian's command on PATH changes user and folder; the program itself does neither.
_PROGRAM = next(filter(None, map(shutil.which, ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"))), None)


class Broker:
    """A broker without messages, on 127.0.0.1. SystemExit when there is none to start."""

    def __init__(self, folder: Path, port: int, erlang_port: int, names_port: int) -> None:
        if _PROGRAM is None:
            raise SystemExit("rabbitmq-server is not installed: apt-get install rabbitmq-server")
        folder.mkdir()
        (folder / "plugins").write_text("[].")
        self._environment = os.environ | {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(names_port),
            "RABBITMQ_NODENAME": "clinic@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(erlang_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        }
        self._process = subprocess.Popen([_PROGRAM], env=self._environment, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        """End the broker, and Erlang's name server, which would outlive it."""
        self._process.terminate()
        self._process.wait(30)
        subprocess.run(["epmd", "-kill"], env=self._environment, stdout=subprocess.DEVNULL, check=False)
