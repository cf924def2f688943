"""The optional signature of a release: OpenSSH's, over its manifest, beside it.

`data/signataires` says whose keys count, in the format of OpenSSH's `allowed_signers`: a name, then
a public key, on one line. The same file verifies, so a signature proves nothing without it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from coopreport.errors import NBSP, shorten
from coopreport.pipeline.layout import MANIFEST
from coopreport.project import Project
from coopreport.release.versions import NotIntact

SIGNATURE = f"{MANIFEST}.sig"
NAMESPACE = "coopreport"
SIGNERS = "data/signataires"
INSTALL = "installez OpenSSH (paquet openssh-client), puis relancez."


class CannotSign(NotIntact):
    """The key is absent or wrong, or it is nobody's."""


def signer_of(project: Project, key: Path) -> str:
    """Return the name under which `data/signataires` has a key; `key` is the private key's file.

    Raises:
        CannotSign: the file is no key, or the key is no signer's.
    """
    if not key.is_file():
        raise CannotSign(f"La clé {key.name} est introuvable.", "donnez son fichier : KEY=…")
    kind, data = _public_half(key).split()[:2]
    for line in _signer_lines(project):
        fields = line.split()
        if kind in fields and data in fields:
            return fields[0].split(",")[0]
    raise CannotSign(
        f"La clé {key.name} n’est celle d’aucun signataire.",
        f"ajoutez cette ligne à {SIGNERS} et versez-la{NBSP}: prénom.nom@exemple.ca {kind} {data}",
    )


def _public_half(key: Path) -> str:
    """Return the public half of a key; `key` may be it, for a key that an agent holds."""
    if key.suffix == ".pub":
        return key.read_text(encoding="utf-8", errors="replace")
    done = _run("-y", "-P", "", "-f", str(key))
    if not done.returncode:
        return done.stdout.decode()
    beside = key.with_name(f"{key.name}.pub")
    if beside.is_file():  # a key with a passphrase does not tell its public half
        return beside.read_text(encoding="utf-8", errors="replace")
    raise CannotSign(
        f"{key.name} n’est pas une clé que l’on puisse lire{NBSP}: {_why(done)}",
        "donnez une clé privée OpenSSH, sa clé publique à côté (.pub).",
    )


def sign(folder: Path, key: Path) -> None:
    """Sign the manifest of a release; a passphrase is asked for by OpenSSH itself.

    Raises:
        CannotSign: OpenSSH refuses, with its reason.
    """
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key), MANIFEST],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except FileNotFoundError:
        raise CannotSign("ssh-keygen est introuvable.", INSTALL) from None
    if done.returncode or not (folder / SIGNATURE).is_file():
        raise CannotSign(
            f"La signature a échoué{NBSP}: {_why(done)}", "vérifiez la clé, puis relancez."
        )


def check_signature(project: Project, folder: Path, signer: str) -> Iterator[str]:
    """Yield what ails the signature of a release; `signer` is who its record says signed it."""
    signature = folder / SIGNATURE
    if not signature.is_file():
        if signer:
            yield f"{SIGNATURE}{NBSP}: absent, alors que la version se dit signée par {signer}"
        return
    if not signer:
        yield f"{SIGNATURE}{NBSP}: ajouté, la version ne se dit signée par personne"
        return
    if not _signer_lines(project):
        yield f"{SIGNATURE}{NBSP}: ne peut pas être vérifié sans {SIGNERS}"
        return
    names = ["-f", str(project.root / SIGNERS), "-I", signer, "-n", NAMESPACE]
    try:
        done = _run("-Y", "verify", *names, "-s", str(signature), given=folder / MANIFEST)
    except CannotSign as error:
        yield f"{SIGNATURE}{NBSP}: pas vérifié, {error.message} Remède{NBSP}: {error.remedy}"
        return
    if done.returncode:
        yield (
            f"{SIGNATURE}{NBSP}: la signature de {signer} ne vaut pas pour ce manifeste "
            f"({_why(done)})"
        )


def _signer_lines(project: Project) -> list[str]:
    path = project.root / SIGNERS
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what OpenSSH says of a failure, without the frame around its warnings."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return shorten(" ".join(line for line in lines if not line.startswith("@")), 200)


def _run(*arguments: str, given: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run ssh-keygen, with a file as its input where one is given."""
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments],
            input=given.read_bytes() if given else b"",
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise CannotSign("ssh-keygen est introuvable.", INSTALL) from None
