#!/usr/bin/env bash
# Checks the alerts, and runs their tests. Installs promtool (of Debian's package prometheus) when missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./needs.sh

install_needs promtool:prometheus
promtool check rules prometheus/rules.yaml
promtool test rules prometheus/rules.test.yaml
