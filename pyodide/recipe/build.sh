#!/bin/bash
# Build the four wheels that no registry carries: numpy, matplotlib, kiwisolver and pillow for Pyodide 314.0.6.
# Needs: root on Debian 12 or newer, node and npm, Python 3.11 or newer, a Debian mirror, PyPI and npm.
# Usage: DEBIAN_MIRROR=… build.sh WORKDIR    -> WORKDIR/wheels
set -euo pipefail; HERE=$(dirname "$(realpath "$0")")
W=$(realpath -m "$1"); R=$W/forky; : "${DEBIAN_MIRROR:?}"
PYODIDE=314.0.6; NUMPY=2.4.6; MPL=3.10.8; PILLOW=12.2.0; KIWI=1.5.0
mkdir -p "$W"/{dl,wheels}; cd "$W"; t0=$SECONDS; say(){ echo "[$((SECONDS-t0)) s] $*"; }

### 1. toolchain: Debian "forky" chroot = emscripten 6.0.5 + python3.14 headers
if [ ! -x "$R/usr/bin/emcc" ]; then
  apt-get install -y -qq --no-install-recommends debootstrap unzip >/dev/null
  [ -e /usr/share/debootstrap/scripts/forky ] || ln -s sid /usr/share/debootstrap/scripts/forky   # bookworm's debootstrap does not know forky
  debootstrap ${DEBOOTSTRAP_OPTS:-} --variant=minbase --include=emscripten,python3.14,python3.14-dev,python3.14-venv,ca-certificates,ninja-build,pkg-config,build-essential,dpkg-dev,xz-utils \
     forky "$R" "$DEBIAN_MIRROR" > debootstrap.log 2>&1
fi
mountpoint -q "$R/proc" || mount --bind /proc "$R/proc"; mountpoint -q "$R/dev" || mount --bind /dev "$R/dev"
trap 'umount "$R/proc" "$R/dev" 2>/dev/null || true' EXIT
cp -L /etc/resolv.conf /etc/hosts "$R/etc/"; cp -L /etc/ssl/certs/ca-certificates.crt "$R/etc/ssl/certs/"
mkdir -p "$R/w"; say toolchain "$(chroot "$R" emcc --version | head -1)"

### 2. sources: Pyodide's core from npm, sdists from PyPI, zlib/freetype/qhull from Debian
[ -d npm/package ] || { npm pack -s pyodide@$PYODIDE >/dev/null; mkdir -p npm; tar xzf pyodide-$PYODIDE.tgz -C npm; }
unzip -qo npm/package/python_stdlib.zip _sysconfigdata__emscripten_wasm32-emscripten.py -d "$R/w"
cat > get.py <<'P'
import hashlib, os, re, sys, urllib.parse, urllib.request
index = os.environ.get("PYPI_INDEX", "https://pypi.org/simple")
for file in sys.argv[1:]:
    page = urllib.request.urlopen(f"{index}/{file.rsplit('-', 1)[0]}/", timeout=180).read().decode()
    address, wanted = re.search(rf'href="([^"#]*/{re.escape(file)})#sha256=([0-9a-f]+)"', page).groups()
    content = urllib.request.urlopen(urllib.parse.urljoin(f"{index}/x/", address), timeout=300).read()
    assert hashlib.sha256(content).hexdigest() == wanted, file
    open(f"dl/{file}", "wb").write(content)
P
python3 get.py numpy-$NUMPY.tar.gz matplotlib-$MPL.tar.gz kiwisolver-$KIWI.tar.gz pillow-$PILLOW.tar.gz
cp dl/*.tar.gz "$R/w/"
chroot "$R" env DEBIAN_MIRROR="$DEBIAN_MIRROR" bash -c 'set -e; echo "Acquire::Check-Valid-Until \"false\";" >/etc/apt/apt.conf.d/99v; echo "deb-src $DEBIAN_MIRROR forky main" >/etc/apt/sources.list.d/src.list; apt-get update -qq; cd /w; apt-get source --download-only -qq zlib qhull 2>/dev/null || true; apt-get source --download-only -qq freetype 2>/dev/null || true
 for f in zlib_*.orig.tar.gz qhull_*.orig.tar.gz freetype_*.orig.tar.xz; do test -s $f; tar xf $f; done
 for f in numpy-* matplotlib-* kiwisolver-* pillow-*; do case $f in *.tar.gz) tar xf $f;; esac; done
 python3.14 -m venv /venv; PIP_FIND_LINKS= PIP_CERT=/etc/ssl/certs/ca-certificates.crt /venv/bin/pip install -q cython==3.3.1 meson==1.12.1 meson-python==0.18.0 ninja setuptools==84.2.1 setuptools-scm==10.3.4 pybind11==2.13.6 cppy==1.3.1 wheel pyproject-metadata==0.9.1'
say sources

### 3. cross environment: pyconfig.h and sysconfigdata come out of npm pyodide's python_stdlib.zip
cp "$HERE"/{setup_cross.py,env.sh,libs.sh,kiwi.sh,pillow.sh,mpl.sh,numpy.sh} "$R/w/"
chroot "$R" python3.14 /w/setup_cross.py >/dev/null
for s in libs kiwi pillow mpl numpy; do b=$SECONDS; chroot "$R" bash /w/$s.sh > $s.log 2>&1 || { tail -20 $s.log; exit 1; }; say "built $s in $((SECONDS-b)) s"; done

### 4. a list of fonts inside matplotlib, and nothing in any of them that a page has no use for
python3 -m venv venv; ./venv/bin/pip install -q matplotlib==$MPL
./venv/bin/python "$HERE/fontlist.py" "$R"/w/out/matplotlib-*.whl
for wheel in "$R"/w/out/*.whl; do ./venv/bin/python "$HERE/trim.py" "$wheel" wheels; done
(cd wheels && sha256sum ./*.whl | sed 's, \./, ,' > SHA256SUMS); say "$(du -sh wheels | cut -f1)"
