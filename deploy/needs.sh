# Sourced by the checks of this folder: installs programs that are missing, or says what is missing.

install_needs() { # PROGRAM or PROGRAM:PACKAGE...
  local missing=() need program package as_root=()
  for need in "$@"; do
    IFS=: read -r program package <<<"$need"
    command -v "$program" >/dev/null || missing+=("${package:-$program}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "$0: missing: ${missing[*]}. Install them with this system's package manager" >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "$0: missing: ${missing[*]}. Install them, for instance with: sudo apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo -n)
  fi
  echo "Installing ${missing[*]}"
  # RUNLEVEL=1 keeps the packages from starting servers of their own.
  if ! { "${as_root[@]}" apt-get update -qq \
    && "${as_root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
      install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null; then
    echo "$0: apt-get could not install ${missing[*]}" >&2
    return 1
  fi
}
