"""The release check (W15): pinned with hashes, audited, listed in a software bill.

``python -m tests.release_check`` says what stands against a release and writes the bill to
``dist/wayfare-sbom.json`` (CycloneDX): every Python package of the lock, and what is vendored
for the browser. Exit 1 if anything stands against it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from web.vendor import PACKAGES

ROOT = Path(__file__).resolve().parent.parent
INDEX = "https://pypi.org/simple"
BILL = ROOT / "dist" / "wayfare-sbom.json"


def find_lock_faults(lock: Mapping[str, Any]) -> Iterator[str]:
    """Find packages of a lock that are not from the one index, or have a file without hash."""
    for package in lock["package"]:
        name, source = package["name"], package["source"]
        if name == "wayfare" and ("editable" in source or "virtual" in source):
            continue
        if source.get("registry") != INDEX:
            yield f"{name} is not from {INDEX}: {source}"
            continue
        files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        if not files or not all(f.get("hash", "").startswith("sha256:") for f in files):
            yield f"{name} {package['version']} has a file without a SHA-256"


def find_bill_faults(bill: Mapping[str, Any], lock: Mapping[str, Any]) -> Iterator[str]:
    """Find packages of a lock, or vendored ones, that a bill does not list."""
    listed = {(c["name"], c["version"]) for c in bill["components"]}
    wanted = {(p["name"], p["version"]) for p in lock["package"] if p["name"] != "wayfare"}
    for name, version in sorted((wanted | set(PACKAGES.items())) - listed):
        yield f"{name} {version} is not in the bill"


def add_vendored(bill: dict[str, Any]) -> dict[str, Any]:
    """Add to a bill what is vendored for the browser."""
    vendored = [
        {
            "type": "library",
            "bom-ref": f"{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
        }
        for name, version in PACKAGES.items()
    ]
    return {**bill, "components": [*bill["components"], *vendored]}


def run_uv(*words: str) -> subprocess.CompletedProcess[str]:
    """Run uv in the repository."""
    command = [sys.executable, "-m", "uv", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def build_bill() -> dict[str, Any]:
    """Build the bill of all extras from the lock alone."""
    made = run_uv(
        "export", "--frozen", "--offline", "--quiet", "--all-extras", "--format", "cyclonedx1.5"
    )
    if made.returncode:
        raise SystemExit(made.stderr)
    return add_vendored(json.loads(made.stdout))


def main() -> int:
    """Check a release."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    bill = build_bill()
    faults = [*find_lock_faults(lock), *find_bill_faults(bill, lock)]
    if run_uv("lock", "--check", "--offline").returncode:
        faults.append("uv.lock is not what pyproject.toml asks for: make lock")
    audited = run_uv("audit", "--frozen", "--system-certs")
    if audited.returncode:
        faults.append(f"the audit: {audited.stdout}{audited.stderr}")
    BILL.parent.mkdir(exist_ok=True)
    BILL.write_text(json.dumps(bill, indent=1))
    sys.stdout.write(f"{BILL.relative_to(ROOT)}: {len(bill['components'])} components\n")
    sys.stdout.write(audited.stdout)
    for fault in faults:
        sys.stdout.write(f"against a release: {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
