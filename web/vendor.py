"""Copy what the browser needs out of npm packages into the package; run by `make vendor`.

Users never need Node: what this writes is committed. The typeface and crest of GOV.UK are for
services on that domain only, so neither is copied and the style sheet names Arial alone.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

PACKAGES = {
    "govuk-frontend": "6.3.0",
    "htmx.org": "4.0.1",
    "maplibre-gl": "6.17.0",
    "pmtiles": "4.5.0",
}
"""Versions copied; govuk-frontend-jinja must mirror the same govuk-frontend."""

FILES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.css": "govuk-frontend/govuk-frontend.min.css",
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend/govuk-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE.txt",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "pmtiles/dist/pmtiles.js": "pmtiles/pmtiles.js",
}
"""Files copied, from the folder of packages to the folder of vendored ones."""

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

BSD_3 = """\
Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
   and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of
   conditions and the following disclaimer in the documentation and/or other materials provided
   with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to
   endorse or promote products derived from this software without specific prior written
   permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT
OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""

UNSHIPPED_LICENCES = {
    "govuk-frontend": f"Copyright (c) Crown Copyright (Government Digital Service)\n\n{MIT}",
    "pmtiles": (
        f"Copyright (c) Protomaps LLC\n\n{BSD_3}\nIt holds fflate, "
        f"copyright (c) Arjun Barrett:\n\n{MIT}"
    ),
}
"""Licences of packages that do not ship theirs as a file."""

TARGET = Path(__file__).parent / "static" / "vendor"
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_SOURCE_MAP = re.compile(rb"\n?/[/*][#@] ?sourceMappingURL=[^\n]*(?:\*/)?\n?$")


def copy_packages(modules: Path, target: Path = TARGET) -> tuple[Path, ...]:
    """Copy the files of the packages, checked against the versions that are meant.

    Parameters
    ----------
    modules
        Folder of packages that npm filled, ``node_modules``.

    Raises
    ------
    ValueError
        If a package has another version.
    """
    for name, version in PACKAGES.items():
        found = json.loads((modules / name / "package.json").read_text("utf-8"))["version"]
        if found != version:
            raise ValueError(f"{name} is {found}, wanted {version}")
    written = []
    for source, name in FILES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # The maps are not shipped, and a browser's tools would ask for them in vain.
        path.write_bytes(_SOURCE_MAP.sub(b"\n", (modules / source).read_bytes()))
        written.append(path)
    sheet = target / "govuk-frontend" / "govuk-frontend.min.css"
    text = _FONT_FACE.sub("", sheet.read_text("utf-8"))
    text = text.replace("font-family:GDS Transport,arial", "font-family:arial")
    # Its pictures are the crest of GOV.UK, which is not ours to show.
    sheet.write_text(re.sub(r"url\(/assets/[^)]*\)", "none", text), "utf-8")
    for name, text in UNSHIPPED_LICENCES.items():
        (target / name / "LICENSE.txt").write_text(text, "utf-8")
    return tuple(written)


def main() -> None:
    """Copy from the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", type=Path)
    modules = parser.parse_args().modules
    copy_packages(modules)
    axe = Path(__file__).parents[1] / "tests" / "web" / "browser" / "axe.min.js"
    if (modules / "axe-core").is_dir():
        shutil.copy(modules / "axe-core" / "axe.min.js", axe)


if __name__ == "__main__":
    main()
