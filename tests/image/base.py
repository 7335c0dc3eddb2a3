"""What stands in for the base image: a bare root with this machine's own system and Python in it, read-only.

There is no container engine, so the base image cannot be had. Its system (`/usr`, `/lib`, …) and its Python are
replaced by this machine's, mounted read-only where the base image has them; everything else is made anew and empty, so
that nothing of the clone, of this machine's users or of their settings can be seen from inside.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.image.dockerfile import DockerfileError
from tests.image.enter import Mount

_ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"}
"""What the base image's own ENV says."""
_SYSTEM: Final = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC_COPIED: Final = (
    "alternatives", "debian_version", "default", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "login.defs",
    "os-release", "ssl/certs", "ssl/openssl.cnf",
)  # fmt: skip
_ETC_NEEDED_TO_DOWNLOAD: Final = ("hosts", "resolv.conf")
_ETC_WRITTEN: Final = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "root:x:0:\nmail:x:8:\nnogroup:x:65534:\n",
    "shadow": "root:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n",
    "gshadow": "root:*::\nmail:*::\nnogroup:*::\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
    "hostname": "image\n",
}
_DIRECTORIES: Final = ("dev", "home", "opt", "proc", "root", "run", "srv", "sys", "var/lib", "var/log", "var/mail")
_SHARED_DIRECTORIES: Final = ("tmp", "var/tmp")


@dataclass(frozen=True, slots=True)
class Base:
    """The stand-in: which parts of this machine are mounted into every root.

    Attributes:
        mounts: The parts.
        description: What they are, for whoever reads the output.
    """

    mounts: tuple[Mount, ...]
    description: str

    def lay_out(self, root: Path) -> None:
        """Make a root's own directories and files; `root` is empty and stays writable."""
        for name in _SYSTEM:
            place = Path("/", name)
            if place.is_symlink():
                (root / name).symlink_to(place.readlink())
        for name in (*_DIRECTORIES, *_SHARED_DIRECTORIES):
            (root / name).mkdir(parents=True)
        for name in _SHARED_DIRECTORIES:
            (root / name).chmod(0o1777)
        etc = root / "etc"
        (etc / "ssl").mkdir(parents=True)
        for name in (*_ETC_COPIED, *_ETC_NEEDED_TO_DOWNLOAD):
            _copy(Path("/etc", name), etc / name)
        for name, text in _ETC_WRITTEN.items():
            (etc / name).write_text(text, encoding="ascii")
        for name in ("shadow", "gshadow"):
            (etc / name).chmod(0o600)
        self.make_mount_points(root, self.mounts)

    @staticmethod
    def make_mount_points(root: Path, mounts: tuple[Mount, ...]) -> None:
        """Make the empty places that things are mounted onto."""
        for mount in mounts:
            target = root / mount.target.lstrip("/")
            if any(target.is_relative_to(root / other.target.lstrip("/")) for other in mounts if other != mount):
                continue  # it is there already, inside what is mounted
            if Path(mount.source).is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()

    def covers(self, path: str) -> bool:
        """Whether something written there would be hidden by what is mounted."""
        return any(path == mount.target or path.startswith(f"{mount.target}/") for mount in self.mounts)


def obstacle() -> str | None:
    """Return why nothing can be performed on this machine, or None."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "this needs Linux and root, for mount namespaces"
    program = "from tests.image import enter; enter.isolate_mounts(); enter.isolate_network()"
    tried = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=_ROOT
    )
    if tried.returncode != 0:
        return f"this machine allows no mount or network namespaces: {tried.stderr.strip().splitlines()[-1]}"
    return None


def base(python: Path, empty: Path) -> Base:
    """Return the stand-in with a Python of this machine.

    Args:
        python: The interpreter; its installation is what is mounted.
        empty: An empty directory.

    Raises:
        DockerfileError: that interpreter cannot stand in for the base image's.
    """
    asked = subprocess.run(  # noqa: S603 - the interpreter that was named
        [python, "-I", "-c", "import sys; print(sys.base_prefix, sys.version.split()[0])"],
        check=True,
        capture_output=True,
        text=True,
    )
    prefix, version = asked.stdout.rsplit(maxsplit=1)
    system = tuple(Mount(source=f"/{name}", target=f"/{name}") for name in _SYSTEM if _is_own_directory(name))
    if prefix == "/usr":
        mounts = (*system, Mount(source=str(empty), target="/usr/local"))
    elif prefix == "/usr/local":
        mounts = system
    else:
        # Its libraries may be looked for at their own place too.
        mounts = (*system, Mount(source=prefix, target="/usr/local"), Mount(source=prefix, target=prefix))
    if not Path(prefix, "bin", "python3").exists():
        raise DockerfileError(f"the Python in {prefix} has no bin/python3, as the base image's has")
    return Base(mounts, f"this machine's {_system_name()} with its Python {version}")


@dataclass(frozen=True, slots=True)
class Download:
    """What this machine's pip needs to reach its package index, as a builder is given proxies and mirrors.

    Attributes:
        environment: Variables, some of which may be secret.
        mounts: Local directories that they name.
    """

    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]


def download() -> Download:
    """Ask this machine's pip how it reaches its index."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    settings: dict[str, str] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in {"global", "install"}:
            settings[f"PIP_{name.upper().replace('-', '_')}"] = " ".join(str(ast.literal_eval(value)).split())
    passed = re.compile(r"(PIP_\w+|SSL_CERT_\w+|\w+_proxy|\w+_PROXY)")
    settings |= {name: value for name, value in os.environ.items() if passed.fullmatch(name)}
    settings.pop("PIP_CACHE_DIR", None)
    words = {word.removeprefix("file://") for value in settings.values() for word in value.split()}
    return Download(settings, tuple(Mount(source=path, target=path) for path in sorted(_tops(words))))


def _tops(words: set[str]) -> set[str]:
    """Return the directory next to the root that local indexes are in, such as `/opt/wheels` of `/opt/wheels/cp311`."""
    local = {Path(word) for word in words if word.startswith("/") and Path(word).is_dir()}
    return {str(Path(*path.parts[:3])) for path in local if path.parts[1] not in (*_SYSTEM, "etc")}


def _is_own_directory(name: str) -> bool:
    return Path("/", name).is_dir() and not Path("/", name).is_symlink()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True)
    elif source.exists():
        target.write_bytes(source.read_bytes())


def _system_name() -> str:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except FileNotFoundError:
        return "system"
    match = re.search(r'^PRETTY_NAME="?([^"\n]*)', text, re.MULTILINE)
    return match[1] if match else "system"
