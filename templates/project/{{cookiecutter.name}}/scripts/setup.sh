#!/bin/sh
# Makes .venv with Python $1 and the locked libraries; resolves the locks where there are none.
set -eu
version=$1

fail() { echo "setup: $1" >&2; exit 1; }

if uv --version >/dev/null 2>&1; then
    uv=uv
else
    uv=.uv/bin/uv
    [ -x "$uv" ] || python3 -m pip install --quiet --target .uv uv \
        || fail "uv is needed, and python3 -m pip can't install it"
fi

# Python: on PATH, then among pyenv's, then one that uv fetches
python=$version
for candidate in "$(command -v "python$version" || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/"python$version"; do
    if [ -x "$candidate" ] && "$candidate" -c "import venv" >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done

# an environment with another Python, or copied from elsewhere, is of no use
case "$(cat .venv/installed 2>/dev/null) $(.venv/bin/python --version 2>/dev/null)" in
    "$PWD Python $version".*) ;;
    *) rm -rf .venv ;;
esac
[ -e .venv ] || "$uv" venv --quiet --python "$python" .venv \
    || fail "Python $version is not on PATH nor among pyenv's, and uv could not fetch it"

lock() {  # lock FILE ARGUMENTS: wheels alone if that resolves, else with builds
    file=$1; shift
    compile --only-binary :all: "$@" 2>/dev/null || compile "$@" \
        || fail "the requirements can't be resolved"
    mv "$file.new" "$file"
}
compile() {
    "$uv" pip compile --quiet --python .venv/bin/python --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" --output-file "$file.new" "$@"
}
[ -f requirements.lock ] || lock requirements.lock pyproject.toml
[ -f requirements-dev.lock ] \
    || lock requirements-dev.lock pyproject.toml --extra dev --constraint requirements.lock

echo "setup: $(.venv/bin/python --version), $(grep -c '==' requirements-dev.lock) packages"
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements-dev.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
echo "$PWD" >.venv/installed
