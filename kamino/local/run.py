"""`make run`: the whole product on this machine, under one supervisor, until Ctrl-C."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from honcho.manager import Manager

from kamino.database import grant_access, prepare_database, prepare_roles
from kamino.local import environment
from kamino.local.services import Postgres, Redis

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve()
OWNER, APP, DATABASE = "kamino_owner", "kamino_app", "kamino"
SIMULATOR = VAR / "simulator"


def main() -> None:
    if sys.argv[1:] == ["reset"]:
        reset()
    else:
        run(port=int(os.environ.get("PORT", "8000")))


def run(port: int) -> None:
    simulator_port = int(os.environ.get("SIMULATOR_PORT", port + 1))
    banks = environment.simulated_banks(simulator_port)
    ports = int(banks.pop("SIMULATOR_PORTS"))
    for wanted in (port, *range(simulator_port, simulator_port + ports)):
        refuse_busy_port(wanted)
    VAR.mkdir(exist_ok=True)
    stop_cleanly()
    with only_one(), ExitStack() as stack:
        values = services(stack, port) | banks
        os.environ.update(values)
        environment.write(VAR / "local.env", values)
        make_authority()
        people = prepare()
        manager = supervise(port, simulator_port)
        threading.Thread(target=announce, args=(port, simulator_port, people), daemon=True).start()
        manager.loop()
    print("Tudo parado.")


def make_authority() -> None:
    """What signs the simulator's certificates has to be there before the product trusts it."""
    command = [sys.executable, "-m", "simulator", "--state", str(SIMULATOR), "--make-authority"]
    subprocess.run(command, cwd=ROOT, check=True)


def stop_cleanly() -> None:
    """Being told to stop, or losing the terminal, ends like Ctrl-C: nothing stays behind."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit("Parado antes de terminar de começar.")

    signal.signal(signal.SIGTERM, leave)  # the supervisor's own loop replaces these two
    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def services(stack: ExitStack, port: int) -> dict[str, str]:
    """Start what the environment does not name already; return the children's environment."""
    kept = environment.read(VAR / "local.env")
    secrets = environment.secrets_of(kept)
    password = secrets["APP_ROLE_PASSWORD"]
    given = os.environ.get("DATABASE_URL")
    if given and "DATABASE_OWNER_URL" in os.environ:
        owner_url, app_url = os.environ["DATABASE_OWNER_URL"], given
    elif given:
        # One address was given: it is the owner's, and the application gets a role of its own.
        owner_url, app_url = given, environment.as_role(given, APP, password)
        prepare_roles(owner_url, [APP], password=password)
        grant_access(owner_url, app=APP)
    else:
        postgres = Postgres(VAR / "postgres")
        postgres.start()
        stack.callback(postgres.stop)
        admin = postgres.url("postgres", "postgres")
        prepare_roles(admin, [OWNER, APP], password=password)
        prepare_database(admin, DATABASE, owner=OWNER)
        owner_url, app_url = postgres.url(OWNER, DATABASE), postgres.url(APP, DATABASE)
        grant_access(owner_url, app=APP)
    redis_url = os.environ.get("REDIS_URL")
    if not redis_url:
        redis = Redis()
        redis.start()
        stack.callback(redis.stop)
        redis_url = redis.url
    return {
        **environment.addresses(port),
        "BANK_CA_FILE": str(SIMULATOR / "ca.pem"),
        **secrets,
        "DATABASE_URL": app_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": redis_url,
        "STATIC_ROOT": str(VAR / "static"),
        "TICK_SECONDS": os.environ.get("TICK_SECONDS", "60"),
    }


def supervise(port: int, simulator_port: int) -> Manager:
    python = sys.executable
    manager = Manager()

    def worker(queues: str) -> str:
        return (
            f"{python} -m celery -A kamino --quiet worker -Q {queues}"
            f" --hostname {queues.split(',')[-1]}@%h --without-gossip --without-mingle"
            " --loglevel WARNING"
        )

    for name, command in {
        "web": f"{python} -m gunicorn kamino.wsgi --bind 127.0.0.1:{port} --workers 2 --threads 8"
        " --preload --timeout 60 --log-level warning",
        "payments": worker("clock,payments"),
        "reading": worker("clock,reading"),
        "beat": f"{python} -m celery -A kamino --quiet beat --pidfile= --loglevel WARNING",
        "banco": f"{python} -m simulator --port {simulator_port} --state {SIMULATOR}",
    }.items():
        # Root is all that some machines have, and Celery is loud about it.
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
        manager.add_process(name, command, cwd=str(ROOT), env=os.environ | quiet)
    return manager


def announce(port: int, simulator_port: int, people: str) -> None:
    """Print the one block once everything answers, however long a loaded machine takes."""
    web, bank = f"http://localhost:{port}", f"http://127.0.0.1:{simulator_port}"
    for url in (f"{web}/saude/pronto/", f"{bank}/"):
        while not answers(url):
            print("Alguma parte ainda não respondeu: veja as linhas acima.", flush=True)
    line = "─" * 72
    print(
        f"\n{line}\n  Kamino              {web}\n{people.rstrip()}\n"
        f"  Bancos simulados    {bank}\n"
        f"  Parar               Ctrl-C\n{line}\n",
        flush=True,
    )


def answers(url: str, seconds: float = 60) -> bool:
    """Whether it does so within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=10):  # noqa: S310 (our own loopback address)
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def prepare() -> str:
    """Run `kamino.local.prepare` to its end; who can sign in.

    Raises:
        SystemExit: it failed; it has said why.
    """
    command = [sys.executable, "-m", "kamino.local.prepare"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + "A preparação do banco de dados não terminou.")
    return done.stdout


def refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(
                f"A porta {port} está em uso. Escolha outra: PORT=9000 make run"
            ) from None


@contextmanager
def only_one() -> Iterator[None]:
    """One supervisor a folder: two would share a database folder."""
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("Já há um `make run` nesta pasta.") from None
        yield


def reset() -> None:
    """Wipe all data of this folder."""
    VAR.mkdir(exist_ok=True)
    with only_one():
        postgres = Postgres(VAR / "postgres")
        if postgres.folder.exists():
            postgres.start()  # joins a server that a killed run left, so that it can be stopped
            postgres.remove()
        for path in VAR.iterdir():
            if path.name.startswith("test-") or path.name == "run.lock":
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print("Dados apagados. `make run` começa do zero.")


if __name__ == "__main__":
    main()
